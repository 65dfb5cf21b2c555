// SPDX-License-Identifier: GPL-2.0-only
// test_evidence: files of evidence: what is written is read again, also by the reader of captures;
// rings of files; every cut and every damaged byte.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "common/events/evidence_files.h"
#include "common/events/evidence_read.h"
#include "tests/scratch.h"
#include "tests/unit_test.h"

static const struct evidence_device devices[] = {
	{"eth0", "XDP, native mode", LINKTYPE_ETHERNET},
	{"tun0", "XDP, generic mode", LINKTYPE_RAW},
};

static const __u8 bytes[SAMPLE_BYTES] = {1, 2, 3, 4, 5, 6, 7};

static struct sample_slot slot_of(__u8 captured)
{
	return (struct sample_slot){
		.length = 1514,
		.every = 1000,
		.queue = 3,
		.captured = captured,
		.class = CLASS_SYN,
		.gate = REASON_DROP_LIMIT,
		.rule = 7,
		.verdict = XDP_DROP | SAMPLE_BY_REASON,
	};
}

static void must(int err, const struct errmsg *why)
{
	if (err)
		fail_msg("%s", why->text);
}

static void add(struct evidence *evidence, __u32 device, __u8 captured, __u64 wall_ns, __u64 lost)
{
	struct sample_slot slot = slot_of(captured);
	struct errmsg why = {};

	must(evidence__add(evidence,
			   &(struct evidence_packet){.device = device,
						     .slot = &slot,
						     .bytes = bytes,
						     .rule = "web",
						     .wall_ns = wall_ns,
						     .lost = lost},
			   &why),
	     &why);
}

static struct evidence_config config_of(const char *path)
{
	return (struct evidence_config){.path = path,
					.snaplen = SAMPLE_BYTES,
					.comment = "a test",
					.devices = devices,
					.device_count = 2};
}

struct seen {
	int sections, devices, packets, statistics;
	__u64 lost;
	struct capture_frame frame; /* the last one, without data */
	struct pcapng_packet packet;
	struct pcapng_statistics of_device[2];
	struct evidence_outcome outcome;
	char name[IFNAMSIZ];
};

static int see_section(void *opaque, const struct pcapng_section *section, struct errmsg *why)
{
	struct seen *seen = opaque;

	(void)why;
	assert_string_equal(section->comment, "a test");
	assert_string_equal(section->application, "xdpctl " VERSION);
	assert_non_null(section->os);
	seen->sections++;
	return 0;
}

static int see_device(void *opaque, const struct pcapng_device *device, struct errmsg *why)
{
	struct seen *seen = opaque;
	const struct evidence_device *expected = &devices[seen->devices++];

	(void)why;
	assert_string_equal(device->name, expected->name);
	assert_string_equal(device->description, expected->description);
	assert_int_equal(device->linktype, expected->linktype);
	assert_int_equal(device->snaplen, SAMPLE_BYTES);
	return 0;
}

static int see_packet(void *opaque, const struct capture_frame *frame,
		      const struct pcapng_packet *packet, struct errmsg *why)
{
	struct seen *seen = opaque;

	(void)why;
	assert_memory_equal(frame->data, bytes, frame->captured_bytes);
	assert_int_equal(packet->id, seen->packets);
	seen->frame = *frame;
	seen->packet = *packet;
	seen->lost += packet->dropped;
	evidence__outcome(packet->comment, &seen->outcome);
	seen->packets++;
	return 0;
}

static int see_statistics(void *opaque, const struct pcapng_statistics *statistics,
			  struct errmsg *why)
{
	struct seen *seen = opaque;

	(void)why;
	seen->of_device[statistics->device] = *statistics;
	seen->statistics++;
	return 0;
}

static const struct evidence_actions see_all = {see_section, see_device, see_packet,
						see_statistics};

static void write_file(const char *path, bool plain)
{
	struct evidence_config config = config_of(path);
	struct evidence *evidence;
	struct errmsg why = {};

	config.plain = plain;
	must(evidence__open(&config, &evidence, &why), &why);
	for (__u8 captured = 0; captured <= SAMPLE_BYTES; captured++)
		add(evidence, captured % 2, captured, 1700000000123456789ull + captured,
		    captured == 50 ? 12 : 0);
	evidence__count(evidence, 0, &(struct evidence_counts){1000, 61, 12});
	assert_int_equal(evidence__written(evidence), SAMPLE_BYTES + 1);
	must(evidence__close(evidence, &why), &why);
}

static void test_written_is_read(void **state)
{
	struct scratch *scratch = *state;
	const char *path = scratch__name(scratch, "written.pcapng");
	struct capture_frame frame;
	struct capture *capture;
	struct seen seen = {};
	struct errmsg why = {};
	struct stat file;
	int frames = 0;

	write_file(path, false);
	must(evidence__read(path, &see_all, &seen, &why), &why);
	assert_int_equal(seen.sections, 1);
	assert_int_equal(seen.devices, 2);
	assert_int_equal(seen.packets, SAMPLE_BYTES + 1);
	assert_int_equal(seen.statistics, 2);
	assert_int_equal(seen.lost, 12);
	assert_int_equal(seen.frame.captured_bytes, SAMPLE_BYTES);
	assert_int_equal(seen.frame.wire_bytes, 1514);
	assert_int_equal(seen.frame.timestamp_ns, 1700000000123456789ull + SAMPLE_BYTES);
	assert_int_equal(seen.packet.verdict, XDP_DROP);
	assert_int_equal(seen.packet.queue, 3);
	assert_string_equal(seen.outcome.verdict, "drop");
	assert_string_equal(seen.outcome.reason, "drop_limit");
	assert_string_equal(seen.outcome.rule, "web");
	assert_string_equal(seen.outcome.class, "syn");
	assert_int_equal(seen.outcome.every, 1000);
	assert_int_equal(seen.of_device[0].received, 1000);
	assert_int_equal(seen.of_device[0].accepted, 61);
	assert_int_equal(seen.of_device[0].dropped, 12);
	assert_int_equal(seen.of_device[0].delivered, 49);
	assert_int_equal(seen.of_device[1].delivered, 48);
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_mode & 07777, EVIDENCE_MODE);
	must(capture__open(path, &capture, &why), &why);
	while (capture__next(capture, &frame, &why) > 0)
		frames++;
	assert_int_equal(frames, SAMPLE_BYTES + 1);
	assert_int_equal(frame.timestamp_ns, seen.frame.timestamp_ns);
	capture__close(capture);
	write_file(path, true);
	seen = (struct seen){};
	must(evidence__read(path, &see_all, &seen, &why), &why);
	assert_int_equal(seen.packet.verdict, -1);
	assert_string_equal(seen.outcome.verdict, "drop");
}

static void test_comments(void **state)
{
	struct sample_slot slot = slot_of(10);
	struct evidence_outcome outcome;
	char buf[EVIDENCE_COMMENT_BYTES];

	(void)state;
	assert_string_equal(evidence__comment(&slot, "web", buf),
			    "verdict=drop reason=drop_limit rule=web class=syn every=1000");
	slot.verdict = XDP_PASS;
	slot.gate = CLASS_FIN;
	slot.class = CLASS_FIN;
	assert_string_equal(evidence__comment(&slot, "", buf), "verdict=pass class=fin every=1000");
	slot.verdict = slot.class = 0x7f;
	assert_string_equal(evidence__comment(&slot, NULL, buf),
			    "verdict=unknown class=unknown every=1000");
	evidence__outcome(NULL, &outcome);
	assert_string_equal(outcome.verdict, "");
	evidence__outcome("xverdict=a verdict=b", &outcome);
	assert_string_equal(outcome.verdict, "b");
	assert_int_equal(outcome.every, 0);
}

static size_t read_whole(const char *path, __u8 *buf, size_t max)
{
	FILE *file = fopen(path, "r");
	size_t got;

	assert_non_null(file);
	got = fread(buf, 1, max, file);
	fclose(file);
	return got;
}

static void write_whole(const char *path, const __u8 *data, size_t length)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* Cut anywhere, what is left is whole blocks: all packets before the cut. */
static void test_cut_anywhere(void **state)
{
	struct scratch *scratch = *state;
	static __u8 whole[1 << 16];
	char path[4096], part[4096 + 8], to[4096];
	struct errmsg why = {};
	size_t length;
	int packets = 0;

	snprintf(path, sizeof(path), "%s", scratch__name(scratch, "cut.pcapng"));
	snprintf(part, sizeof(part), "%s.part", path);
	snprintf(to, sizeof(to), "%s", scratch__name(scratch, "cut.recovered"));
	write_file(path, false);
	length = read_whole(path, whole, sizeof(whole));
	assert_in_range(length, 10000, sizeof(whole) - 1);
	assert_int_equal(evidence__recover(path, to, &why), 0);
	for (size_t cut = 0; cut <= length; cut += cut < 700 ? 1 : 13) {
		struct seen seen = {};
		int found;

		write_whole(part, whole, cut);
		found = evidence__recover(path, to, &why);
		assert_int_equal(access(part, F_OK), -1);
		if (found <= 0) {
			assert_int_equal(found, 0);
			assert_in_range(cut, 0, 200);
			continue;
		}
		must(evidence__read(to, &see_all, &seen, &why), &why);
		assert_in_range(seen.packets, packets, packets + 1);
		packets = seen.packets;
	}
	assert_in_range(packets, SAMPLE_BYTES - 1, SAMPLE_BYTES + 1);
}

/* Nothing is read beyond a buffer, whatever a byte of the file becomes. */
static void test_damage(void **state)
{
	struct scratch *scratch = *state;
	static const struct evidence_actions none = {};
	static __u8 whole[1 << 16];
	char path[4096];
	size_t length;
	int refused = 0;

	snprintf(path, sizeof(path), "%s", scratch__name(scratch, "damaged.pcapng"));
	write_file(path, false);
	length = read_whole(path, whole, sizeof(whole));
	for (size_t at = 0; at < length && at < 2000; at += 3) {
		struct errmsg why = {};
		__u8 before = whole[at];

		whole[at] ^= at % 2 ? 0xff : 0x04;
		write_whole(path, whole, length);
		refused += evidence__read(path, &none, NULL, &why) != 0;
		whole[at] = before;
	}
	assert_in_range(refused, 20, 600);
}

static void test_ring_of_files(void **state)
{
	struct scratch *scratch = *state;
	struct evidence_file *list;
	struct evidence_config config;
	char path[4096], directory[4096];
	struct evidence *evidence;
	struct errmsg why = {};
	size_t count;
	int packets = 0;

	snprintf(path, sizeof(path), "%s", scratch__name(scratch, "ring.pcapng"));
	snprintf(directory, sizeof(directory), "%s", path);
	*strrchr(directory, '/') = '\0';
	config = config_of(path);
	config.file_bytes = 1000;
	config.files = 3;
	must(evidence__open(&config, &evidence, &why), &why);
	for (int i = 0; i < 100; i++)
		add(evidence, 0, 54, i, 0);
	must(evidence__close(evidence, &why), &why);
	must(evidence_files__list(directory, &list, &count, &why), &why);
	for (size_t i = 0; i < count; i++) {
		char name[8192];
		__u64 bytes_max = 2000;

		if (strncmp(list[i].name, "ring.pcapng", 11))
			continue;
		snprintf(name, sizeof(name), "%s/%s", directory, list[i].name);
		assert_in_range(list[i].bytes, 500, bytes_max);
		assert_false(list[i].is_part);
		must(evidence__read(name, &(struct evidence_actions){}, NULL, &why), &why);
		packets++;
	}
	free(list);
	assert_int_equal(packets, 3);
}

static void test_locked(void **state)
{
	struct scratch *scratch = *state;
	const char *path = scratch__name(scratch, "locked.pcapng");
	struct evidence_config config = config_of(path);
	struct evidence *evidence, *other;
	struct errmsg why = {};

	must(evidence__open(&config, &evidence, &why), &why);
	assert_int_equal(evidence__open(&config, &other, &why), -EBUSY);
	assert_int_equal(evidence__recover(path, path, &why), -EBUSY);
	must(evidence__close(evidence, &why), &why);
}

static void test_others_are_refused(void **state)
{
	struct scratch *scratch = *state;
	static const struct evidence_actions none = {};
	const char *path = scratch__name(scratch, "other.pcapng");
	struct capture_writer *writer;
	struct errmsg why = {};

	must(capture_writer__open(path, &writer, &why), &why);
	must(capture_writer__close(writer, &why), &why);
	assert_int_equal(evidence__read(path, &none, NULL, &why), -EBADMSG);
	write_whole(path, bytes, 0);
	assert_int_equal(evidence__read(path, &none, NULL, &why), -EBADMSG);
	assert_int_equal(evidence__read("/nonexistent", &none, NULL, &why), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(written_is_read),    cmocka_unit_test(test_comments),
		SCRATCH_TEST(cut_anywhere),       SCRATCH_TEST(damage),
		SCRATCH_TEST(ring_of_files),      SCRATCH_TEST(locked),
		SCRATCH_TEST(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
