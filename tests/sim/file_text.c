#include "file_text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char *
file_text(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t cap = 0;
	ssize_t len;

	if (f == NULL)
		return NULL;
	len = getdelim(&text, &cap, '\0', f);
	fclose(f);
	if (len < 0) {
		free(text);
		return NULL;
	}
	return text;
}

void
directory_remove(const char *path)
{
	DIR *d = path[0] != '\0' ? opendir(path) : NULL;
	struct dirent *e;
	char name[600];

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		snprintf(name, sizeof(name), "%.280s/%.255s", path, e->d_name);
		if (e->d_name[0] != '.')
			unlink(name);
	}
	closedir(d);
	rmdir(path);
}
