// SPDX-License-Identifier: GPL-2.0-only
// fuzz_capture: arbitrary bytes as a capture file: read, rewrapped, written and read again.
#include <string.h>

#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_file.h"

#define WRITE_EVERY 16
#define MAX_PCAP_NS ((1ull << 32) * 1000000000)

/* Rewraps a copy of exactly the length, so that the sanitizers detect overruns. */
static void rewrap(const struct capture_frame *frame)
{
	__u8 *copy = malloc(frame->captured_bytes), *out = malloc(frame->captured_bytes + 14);
	char name[64];
	int bytes;

	MUST(copy && out);
	memcpy(copy, frame->data, frame->captured_bytes);
	bytes = linktype__rewrap(frame->linktype, copy, frame->captured_bytes, out);
	MUST(bytes < 0 || (bytes >= 14 && (__u32)bytes <= frame->captured_bytes + 14));
	MUST(bytes < 0 || linktype__can_rewrap(frame->linktype));
	MUST(strlen(linktype__name(frame->linktype, name, sizeof(name))) > 0);
	free(out);
	free(copy);
}

/* A frame that is written is read back unchanged. */
static void write_and_read(const struct capture_frame *frame)
{
	const char *path = memory_file__path();
	struct capture_writer *writer;
	struct capture_frame again;
	struct capture *capture;

	MUST(!capture_writer__open(path, &writer, NULL));
	MUST(!capture_writer__frame(writer, frame->data, frame->captured_bytes, frame->wire_bytes,
				    frame->timestamp_ns, NULL));
	MUST(!capture_writer__close(writer, NULL));
	MUST(!capture__open(path, &capture, NULL));
	MUST(capture__next(capture, &again, NULL) == 1);
	MUST(again.captured_bytes == frame->captured_bytes);
	MUST(!memcmp(again.data, frame->data, frame->captured_bytes));
	MUST(again.wire_bytes == frame->wire_bytes && again.timestamp_ns == frame->timestamp_ns);
	MUST(capture__next(capture, &again, NULL) == 0);
	capture__close(capture);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct errmsg why = {};
	struct capture_frame frame;
	struct capture *capture;
	__u64 captured = 0;
	int more, frames = 0;

	if (capture__start(memory_file__open(data, size), "capture", &capture, &why)) {
		MUST(why.text[0]);
		return 0;
	}
	while ((more = capture__next(capture, &frame, &why)) > 0) {
		captured += frame.captured_bytes;
		rewrap(&frame);
		/* Rarely, because files take far longer than everything else. */
		if (size % WRITE_EVERY == 0 && !frames++ &&
		    frame.captured_bytes <= frame.wire_bytes && frame.timestamp_ns < MAX_PCAP_NS)
			write_and_read(&frame);
	}
	MUST(captured <= size);
	MUST(capture__position_bytes(capture) <= size);
	/* Reading past the end or after damage gives the same result again. */
	MUST(more == 0 || why.text[0]);
	MUST(capture__next(capture, &frame, &why) == more);
	capture__close(capture);
	return 0;
}
