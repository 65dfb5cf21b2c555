// SPDX-License-Identifier: GPL-2.0-only
// scratch: a temporary directory for each test.
#include "tests/scratch.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int scratch__setup(void **state)
{
	struct scratch *scratch = calloc(1, sizeof(*scratch));

	if (!scratch)
		return -1;
	strcpy(scratch->dir, "/tmp/scratch.XXXXXX");
	if (!mkdtemp(scratch->dir)) {
		free(scratch);
		return -1;
	}
	scratch__name(scratch, "x.pcap");
	*state = scratch;
	return 0;
}

int scratch__teardown(void **state)
{
	struct scratch *scratch = *state;
	char pattern[96];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/*", scratch->dir);
	if (!glob(pattern, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	rmdir(scratch->dir);
	free(scratch);
	return 0;
}

const char *scratch__name(struct scratch *scratch, const char *name)
{
	snprintf(scratch->path, sizeof(scratch->path), "%s/%s", scratch->dir, name);
	return scratch->path;
}

void store(const char *path, const void *data, size_t bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
}
