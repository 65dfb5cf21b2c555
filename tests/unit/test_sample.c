// SPDX-License-Identifier: GPL-2.0-only
// test_sample: the program that samples, on the host: every case, also cut anywhere, is copied
// without a byte beyond its end, and only while samples are granted.
#include <stdlib.h>
#include <string.h>

#include "common/replay/host_helpers.h"
#include "tests/cases.h"
#include "tests/unit_test.h"
#include "xdp/frame.bpf.h"

int xdpctl_syn(const struct frame *frame);
int xdpctl_pairs(const struct frame *frame);
int xdpctl_syn_smp(const struct frame *frame);
int xdpctl_pair_smp(const struct frame *frame);

#include "xdp/syn.bpf.c"

static struct cpu_counters counters;
static struct sample_control control;
static struct sample_slot slots[SAMPLE_SLOTS];

static int setup(void **state)
{
	(void)state;
	memset(&counters, 0, sizeof(counters));
	memset(&control, 0, sizeof(control));
	memset(slots, 0, sizeof(slots));
	counters_map.array = (struct host_array){&counters, sizeof(counters), 1};
	sample_control.array = (struct host_array){&control, sizeof(control), 1};
	sample_slots.array = (struct host_array){slots, sizeof(slots[0]), SAMPLE_SLOTS};
	return 0;
}

/* In memory that ends with the frame, whose IP header is aligned, as drivers do. */
static void run(const __u8 *bytes, __u32 length)
{
	__u8 *exact = malloc(2 + length);
	struct frame frame = {.data = exact + 2, .end = exact + 2 + length};

	assert_non_null(exact);
	memcpy(exact + 2, bytes, length);
	frame.context = &frame;
	assert_int_equal(xdpctl_syn_smp(&frame), XDP_PASS);
	free(exact);
}

static void grant(enum frame_class class, __u64 samples, __u32 every)
{
	struct sample_gate *gate = &control.gates[class];

	gate->every = every;
	gate->grant = gate->taken + samples;
	gate->next = 0;
}

static void check_cut(const struct frame_case *row, const __u8 *bytes, __u32 length)
{
	__u64 number = control.written;
	const struct sample_slot *slot = &slots[sample_slot_number(0, number, control.wide)];
	__u32 limit = control.wide ? SAMPLE_WIDE_BYTES : SAMPLE_BYTES;
	const __u8 *copy = (const __u8 *)slot + offsetof(struct sample_slot, bytes);

	for (int class = 0; class < CLASS_COUNT; class ++)
		grant(class, 1, 1);
	run(bytes, length);
	assert_int_equal(control.written, number + 1);
	assert_int_equal(slot->sequence, 2 * number + 2);
	assert_int_equal(slot->length, length);
	assert_int_equal(slot->gate, slot->class);
	assert_int_equal(control.gates[slot->class].taken > 0, true);
	assert_in_range(slot->captured, 0, length < limit ? length : limit);
	if (slot->class > CLASS_TCP_OTHER)
		assert_int_equal(slot->captured, length < limit ? length : limit);
	if (memcmp(copy, bytes, slot->captured))
		fail_msg("%s, %u bytes: other bytes", row->name, length);
}

static void check_all(bool wide)
{
	static __u8 bytes[CASE_MAX_BYTES];

	control.wide = wide;
	for (size_t i = 0; i < frame_case_count; i++) {
		__u32 length = frame_case__bytes(&frame_cases[i], bytes);
		__u32 step = length > 512 ? 61 : 1;

		for (__u32 cut = 0; cut < length; cut += step)
			check_cut(&frame_cases[i], bytes, cut);
		check_cut(&frame_cases[i], bytes, length);
	}
	assert_in_range(control.written, 1000, 1000000);
}

static void test_every_cut(void **state)
{
	(void)state;
	check_all(false);
}

static void test_every_cut_wide(void **state)
{
	(void)state;
	check_all(true);
}

/* The gate opens every so many frames, and closes when all that was granted is taken. */
static void test_gate(void **state)
{
	static __u8 bytes[CASE_MAX_BYTES];
	__u32 length = frame_case__bytes(&frame_cases[0], bytes);
	const struct sample_gate *gate = &control.gates[CLASS_SYN];

	(void)state;
	run(bytes, length);
	assert_int_equal(gate->next, SAMPLE_NEVER);
	assert_int_equal(control.written, 0);
	grant(CLASS_SYN, 3, 10);
	for (int i = 0; i < 20; i++)
		run(bytes, length);
	assert_int_equal(gate->taken, 2);
	assert_int_equal(gate->next, 22); /* of frames 2 and 12 */
	for (int i = 0; i < 100; i++)
		run(bytes, length);
	assert_int_equal(gate->taken, 3);
	assert_int_equal(gate->next, SAMPLE_NEVER);
	assert_int_equal(control.written, 3);
	assert_int_equal(slots[2].every, 10);
	assert_int_equal(counters.classes[CLASS_SYN], 121);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_cut, setup),
		cmocka_unit_test_setup(test_every_cut_wide, setup),
		cmocka_unit_test_setup(test_gate, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
