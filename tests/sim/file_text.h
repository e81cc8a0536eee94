/* Small files. */
#ifndef FILE_TEXT_H
#define FILE_TEXT_H

/* A whole file as text, NULL where it cannot be read. Yours. */
char *file_text(const char *path);

/* Remove a directory and the files in it. */
void directory_remove(const char *path);

#endif
