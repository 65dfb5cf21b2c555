// SPDX-License-Identifier: GPL-2.0-only
// test_profiles: the same seed gives the same frames, and classes and sources add up.
#include <stdlib.h>
#include <string.h>

#include "pktgen/profiles/profile.h"
#include "pktgen/truth/truth.h"
#include "tests/streams.h"
#include "tests/unit_test.h"

#define GOLDEN_FRAMES 1000

/*
 * A hash of the first frames and their classes, for two seeds. A change means that captures written
 * before can no longer be reproduced.
 */
static const struct golden {
	const char *profile;
	__u64 hashes[2]; /* of the seeds 1 and 2 */
} goldens[] = {
	{"syn-flood", {0x2472e1236d9775ff, 0x6e1e26b92156ff20}},
	{"bots", {0x942024d4fea01b34, 0x2176ea24c62c8fa}},
	{"handshakes", {0x47f7869b751d9e86, 0x726f03615c36bd65}},
	{"imix", {0xbe13c36104d8c22d, 0xeefe9ebcfe901f74}},
	{"ipv6", {0x787e30b211430066, 0x53aa69ff0c193f00}},
	{"vlan", {0xf70c73a4068fcf04, 0x74dc0ea7a4e040ca}},
	{"options", {0xf2eddae4999028f8, 0xee1f5a6542a3dc78}},
	{"fragments", {0x3e3d0712316d264b, 0x16685b9dd5a0f53e}},
	{"malformed", {0xcb4da0b9e19ae9b1, 0xbe6a13ba8a997585}},
	{"scan", {0xe26cdf60eded0e8, 0xe63533f093ecfcae}},
	{"customers", {0x47e6385dfa4db02, 0xe7da4884d213a1ae}},
	{"mix", {0xaa8265838de7ec04, 0xe363af2ba8a2b6bc}},
};

static __u64 hash(__u64 so_far, const void *data, size_t bytes)
{
	const __u8 *next = data;

	while (bytes--)
		so_far = (so_far ^ *next++) * 0x100000001b3ull; /* FNV-1a */
	return so_far;
}

static __u64 hash_frames(const struct profile *profile, const char *seed)
{
	static struct generated_frame frame;
	struct knobs knobs = defaults_of(profile);
	struct stream *stream;
	__u64 result = 0xcbf29ce484222325ull;

	set_knob(&knobs, KNOB_SEED, seed);
	stream = open_stream(profile, &knobs);
	for (int i = 0; i < GOLDEN_FRAMES; i++) {
		const char *class;

		stream__next(stream, &frame);
		class = truth__class_name(frame.class);
		result = hash(result, class, strlen(class));
		result = hash(result, packet__bytes(&frame.packet), frame.captured_bytes);
		if (frame.class == CLASS_SYN)
			result = hash(result, frame.source.words, sizeof(frame.source.words));
	}
	stream__close(stream);
	return result;
}

static void test_golden(void **state)
{
	(void)state;
	for (int i = 0; profiles[i]; i++) {
		const struct golden *golden = &goldens[i];
		__u64 first = hash_frames(profiles[i], "1"), second = hash_frames(profiles[i], "2");

		assert_string_equal(golden->profile, profiles[i]->name);
		if (first != golden->hashes[0] || second != golden->hashes[1])
			fail_msg("{\"%s\", {%#llx, %#llx}},", profiles[i]->name, first, second);
		assert_int_equal(hash_frames(profiles[i], "1"), first);
		assert_int_not_equal(first, second);
	}
}

static void count_frames(struct stream *stream, __u64 frames, struct truth *truth)
{
	static struct generated_frame frame;

	truth__init(truth, true);
	for (__u64 i = 0; i < frames; i++) {
		stream__next(stream, &frame);
		assert_true(frame.captured_bytes <= frame.packet.length);
		assert_true(frame.packet.length <= PACKET_MAX_BYTES);
		assert_int_equal(
			truth__add(truth, frame.class, &frame.source, frame.captured_bytes), 0);
	}
}

static __u64 syns_of_sources(const struct address_counts *const_counts)
{
	struct address_counts *counts = (struct address_counts *)const_counts;
	__u64 syns = 0;

	for (int part = 0; part < ADDRESS_COUNTS_PARTS; part++) {
		__u32 entries = address_counts__pack(counts, part);

		for (__u32 i = 0; i < entries; i++)
			syns += address_counts__count(counts, part, i);
	}
	return syns;
}

static void test_counts_add_up(void **state)
{
	enum { FRAMES = 20000 };
	struct truth truth;

	(void)state;
	for (int i = 0; profiles[i]; i++) {
		struct knobs knobs = defaults_of(profiles[i]);
		struct stream *stream = open_stream(profiles[i], &knobs);
		__u64 frames = 0;

		count_frames(stream, FRAMES, &truth);
		for (int class = 0; class < CLASS_COUNT; class ++)
			frames += truth.classes[class];
		assert_int_equal(frames, FRAMES);
		assert_int_equal(syns_of_sources(&truth.ipv4) + syns_of_sources(&truth.ipv6),
				 truth.classes[CLASS_SYN]);
		assert_int_equal(truth.classes[CLASS_NOT_REPLAYABLE], 0);
		truth__release(&truth);
		stream__close(stream);
	}
}

/* The profile covers every class that a frame can have. */
static void test_malformed_has_every_class(void **state)
{
	struct knobs knobs = defaults_of(&profile_malformed);
	struct stream *stream = open_stream(&profile_malformed, &knobs);
	struct truth truth;

	(void)state;
	count_frames(stream, 2000, &truth);
	for (int class = 0; class < CLASS_COUNT; class ++)
		if (class != CLASS_NOT_REPLAYABLE && !truth.classes[class])
			fail_msg("no frame is %s", truth__class_name(class));
	truth__release(&truth);
	stream__close(stream);
}

static void check_bots(const char *order, const char *family)
{
	struct knobs knobs = defaults_of(&profile_bots);
	struct stream *stream;
	struct truth truth;

	set_knob(&knobs, KNOB_SPOOFED, "30000");
	set_knob(&knobs, KNOB_HEAVY, "7:2000,20:500,1:1");
	set_knob(&knobs, KNOB_ORDER, order);
	set_knob(&knobs, KNOB_FAMILY, family);
	stream = open_stream(&profile_bots, &knobs);
	assert_int_equal(stream__count(stream), 30000 + 7 * 2000 + 20 * 500 + 1);
	count_frames(stream, stream__count(stream), &truth);
	assert_int_equal(truth__sources(&truth), 30000 + 7 + 20 + 1);
	truth__release(&truth);
	stream__close(stream);
}

static void test_bots_are_exact(void **state)
{
	(void)state;
	check_bots("first", "ipv4");
	check_bots("last", "ipv6");
	check_bots("mixed", "dual");
}

/* With a count above the plan the spoofed senders repeat, the heavy ones do not. */
static void test_bots_with_a_count(void **state)
{
	struct knobs knobs = defaults_of(&profile_bots);
	struct stream *stream;
	struct truth truth;

	(void)state;
	set_knob(&knobs, KNOB_SPOOFED, "1000");
	set_knob(&knobs, KNOB_HEAVY, "2:100");
	set_knob(&knobs, KNOB_COUNT, "5000");
	stream = open_stream(&profile_bots, &knobs);
	assert_int_equal(stream__count(stream), 5000);
	count_frames(stream, 5000, &truth);
	assert_int_equal(truth__sources(&truth), 1002);
	truth__release(&truth);
	stream__close(stream);
}

/* The positions of the heavy senders: each spoofed one sends once, so repeated senders are heavy.
 */
static void test_bots_order(void **state)
{
	enum { SPOOFED = 900, HEAVY_SYNS = 100, PARTS = 5, FRAMES = SPOOFED + HEAVY_SYNS };
	static const char *const orders[] = {"first", "last", "mixed"};
	static struct generated_frame frame;

	(void)state;
	for (int order = 0; order < 3; order++) {
		struct knobs knobs = defaults_of(&profile_bots);
		static struct address senders[FRAMES];
		struct stream *stream;
		int first = FRAMES, last = 0;

		set_knob(&knobs, KNOB_SPOOFED, "900");
		set_knob(&knobs, KNOB_HEAVY, "1:100");
		set_knob(&knobs, KNOB_ORDER, orders[order]);
		stream = open_stream(&profile_bots, &knobs);
		for (int i = 0; i < FRAMES; i++) {
			stream__next(stream, &frame);
			senders[i] = frame.source;
		}
		for (int i = 0; i < FRAMES; i++)
			for (int j = i + 1; j < FRAMES; j++)
				if (senders[i].words[0] == senders[j].words[0]) {
					first = i < first ? i : first;
					last = j > last ? j : last;
				}
		assert_in_range(first, order == 1 ? SPOOFED : 0, order == 1 ? SPOOFED : 100);
		assert_in_range(last, order == 0 ? 99 : 900, order == 0 ? 99 : FRAMES - 1);
		stream__close(stream);
	}
}

static void test_spoofed_flood_never_repeats(void **state)
{
	struct knobs knobs = defaults_of(&profile_syn_flood);
	struct stream *stream;
	struct truth truth;

	(void)state;
	set_knob(&knobs, KNOB_DISTRIBUTION, "spoofed");
	stream = open_stream(&profile_syn_flood, &knobs);
	count_frames(stream, 200000, &truth);
	assert_int_equal(truth__sources(&truth), 200000);
	truth__release(&truth);
	stream__close(stream);
}

static void test_sizes(void **state)
{
	static const char *const texts[] = {"54", "60", "1514", "9014"};
	static struct generated_frame frame;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct knobs knobs = defaults_of(&profile_syn_flood);
		struct stream *stream;

		set_knob(&knobs, KNOB_SIZE, texts[i]);
		stream = open_stream(&profile_syn_flood, &knobs);
		stream__next(stream, &frame);
		assert_int_equal(frame.packet.length, atoi(texts[i]));
		stream__close(stream);
	}
}

static void test_vlan_tags(void **state)
{
	static struct generated_frame frame;

	(void)state;
	for (int tags = 0; tags <= 8; tags++) {
		struct knobs knobs = defaults_of(&profile_vlan);
		char text[] = {'0' + tags, '\0'};
		struct stream *stream;

		set_knob(&knobs, KNOB_TAGS, text);
		stream = open_stream(&profile_vlan, &knobs);
		for (int i = 0; i < 100; i++) {
			stream__next(stream, &frame);
			assert_int_equal(frame.packet.tags, tags);
			assert_int_equal(frame.class == CLASS_TOO_MANY_TAGS, tags > MAX_VLAN_TAGS);
		}
		stream__close(stream);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_counts_add_up),
		cmocka_unit_test(test_malformed_has_every_class),
		cmocka_unit_test(test_bots_are_exact),
		cmocka_unit_test(test_bots_with_a_count),
		cmocka_unit_test(test_bots_order),
		cmocka_unit_test(test_spoofed_flood_never_repeats),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_vlan_tags),
	};

	return cmocka_run_group_tests_name("profiles", tests, NULL, NULL);
}
