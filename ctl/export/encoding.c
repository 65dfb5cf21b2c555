// SPDX-License-Identifier: GPL-2.0-only
// encoding: a document in the gzip format.
#include "ctl/export/encoding.h"

#include <stdlib.h>
#include <zlib.h>

#define WINDOW_BITS (15 + 16) /* with the header of gzip */
#define MEMORY_LEVEL 8

void *encoding__gzip(const void *text, size_t bytes, size_t *ret_bytes)
{
	z_stream stream = {};
	void *packed = malloc(bytes + 1);
	int result;

	if (!packed)
		return NULL;
	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK) {
		free(packed);
		return NULL;
	}
	stream.next_in = (Bytef *)text;
	stream.avail_in = bytes;
	stream.next_out = packed;
	stream.avail_out = bytes;
	result = deflate(&stream, Z_FINISH);
	*ret_bytes = stream.total_out;
	deflateEnd(&stream);
	if (result == Z_STREAM_END)
		return packed;
	free(packed);
	return NULL;
}
