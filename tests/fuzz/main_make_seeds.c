// SPDX-License-Identifier: GPL-2.0-only
// main_make_seeds: generate seeds: the tests' cases, some frames of every traffic profile, and the
// debug information of a BPF object.
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "pktgen/profiles/profile.h"
#include "tests/cases.h"

#define FRAMES_OF_PROFILE 20

static void fail(const char *what)
{
	fprintf(stderr, "seeds: %s\n", what);
	exit(EXIT_FAILURE);
}

static void put(const char *directory, const char *name, size_t number, const __u8 *data,
		__u32 bytes)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s_%zu", directory, name, number);
	file = fopen(path, "we");
	if (!file || fwrite(data, 1, bytes, file) != bytes || fclose(file))
		fail(path);
}

static void put_profile(const char *directory, const struct profile *profile)
{
	static struct generated_frame frame;
	struct stream *stream;
	struct errmsg why = {};
	struct knobs knobs;

	if (profile__defaults(profile, &knobs, &why) ||
	    stream__open(profile, &knobs, &stream, &why))
		fail(why.text);
	for (size_t i = 0; i < FRAMES_OF_PROFILE; i++) {
		stream__next(stream, &frame);
		put(directory, profile->name, i, packet__bytes(&frame.packet),
		    frame.captured_bytes);
	}
	stream__close(stream);
}

static void put_frames(const char *directory)
{
	static __u8 bytes[CASE_MAX_BYTES];

	for (size_t i = 0; i < frame_case_count; i++)
		put(directory, "case", i, bytes, frame_case__bytes(&frame_cases[i], bytes));
	for (int i = 0; profiles[i]; i++)
		put_profile(directory, profiles[i]);
}

/* In the input format of fuzz_line_info. */
static void put_debug_information(const char *directory, const char *object)
{
	struct btf_ext *ext;
	struct btf *btf = btf__parse_elf(object, &ext);
	__u32 btf_bytes, ext_bytes;
	const void *btf_data, *ext_data;
	__u8 *joined;

	if (libbpf_get_error(btf) || !ext)
		fail(object);
	btf_data = btf__raw_data(btf, &btf_bytes);
	ext_data = btf_ext__get_raw_data(ext, &ext_bytes);
	joined = malloc(sizeof(btf_bytes) + btf_bytes + ext_bytes);
	if (!joined)
		fail("out of memory");
	memcpy(joined, &btf_bytes, sizeof(btf_bytes));
	memcpy(joined + sizeof(btf_bytes), btf_data, btf_bytes);
	memcpy(joined + sizeof(btf_bytes) + btf_bytes, ext_data, ext_bytes);
	put(directory, "object", 0, joined, sizeof(btf_bytes) + btf_bytes + ext_bytes);
	free(joined);
	btf_ext__free(ext);
	btf__free(btf);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		fail("usage: seeds PARSE_DIRECTORY LINEINFO_DIRECTORY OBJECT");
	put_frames(argv[1]);
	put_debug_information(argv[2], argv[3]);
	return EXIT_SUCCESS;
}
