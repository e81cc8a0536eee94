/* Fails on purpose: an overflow that every run must find (R31). A rig that
 * does not report it would not report a real one. */
#include "fuzz.h"

int
FUZZ(planted)(const uint8_t *data, size_t size)
{
	char *room = fuzz_copy(data, size, 0);

#ifdef FUZZ_PLANT
	if (size > 2 && room[0] == 'z' && room[1] == 'o' && room[2] == 'h')
		((volatile char *)room)[size] = '!';
#endif
	free(room);
	return 0;
}
