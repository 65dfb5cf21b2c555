// SPDX-License-Identifier: GPL-2.0-only
// fuzz_parse: the dataplane's parser, compiled for the host, against the reference.
#include <stdlib.h>
#include <string.h>

#include "common/counts/snapshot.h"
#include "tests/fuzz/frame_mutator.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/reference.h"
#include "xdp/parse.bpf.h"

/* Drivers align the IP header, which follows 14 bytes of Ethernet (NET_IP_ALIGN). */
#define IP_ALIGN 2

/* Parses a copy of exactly @length bytes, so that the sanitizers detect overruns. */
static struct parsed_frame product__judge(const __u8 *bytes, __u32 length)
{
	__u8 *copy = (__u8 *)malloc(length + IP_ALIGN) + IP_ALIGN;
	struct frame frame = {.data = copy, .end = copy + length};
	struct parsed_frame judgement = {};
	struct request request = {};

	if (length)
		memcpy(copy, bytes, length);
	frame.context = &frame;
	judgement.class = classify(&frame, &request);
	judgement.source = request.source;
	judgement.victim = request.victim;
	free(copy - IP_ALIGN);
	return judgement;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct parsed_frame product = product__judge(data, size);
	struct parsed_frame reference = reference__judge(data, size);

	if (!memcmp(&product, &reference, sizeof(product)))
		return 0;
	fprintf(stderr, "the parser says %s, the reference %s:\n", frame_class_names[product.class],
		frame_class_names[reference.class]);
	judgement__print_case(stderr, data, size);
	abort();
}
