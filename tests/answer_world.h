// SPDX-License-Identifier: GPL-2.0-only
// answer_world: a victim's frames and their answers, judged on the host; for one source of each
// test program, which this header makes a part of.
#ifndef TESTS_ANSWER_WORLD_H
#define TESTS_ANSWER_WORLD_H

#include "tests/judge_world.h"
#include "tests/questions.h"

#define ANSWER_WORLD_START (1ull << 33) /* jiffies */

enum { RULE_WEB = 1 };

static struct judge_world world;

/* Two bytes, as drivers place frames, and the frame. */
static __u8 memory[2 + QUESTION_MAX_BYTES] __attribute__((aligned(8)));

/** answer_world__setup() - no policy. */
static inline int answer_world__setup(void **state)
{
	(void)state;
	judge_world__init(&world, 4096, ANSWER_WORLD_START);
	return 0;
}

/** answer_world__teardown() - free it. */
static inline int answer_world__teardown(void **state)
{
	(void)state;
	judge_world__free(&world);
	return 0;
}

static inline void put_policy(void)
{
	judge_world__put(&world, POLICY_CONFIRMED);
}

/* The victim of all questions, protected always, or once it gets more than @above SYNs/s. */
static inline void protect_by(enum policy_action action, __u32 above)
{
	const struct policy_protect web = {.above = above ?: 1000,
					   .below = above ? above / 4 : 100,
					   .hold = 10,
					   .trust = 600,
					   .rule = RULE_WEB,
					   .action = action,
					   .always = !above};

	policy_builder__protect(&world.builder, QUESTION_VICTIM_IPV4 "/32", QUESTION_PORT, &web);
	policy_builder__protect(&world.builder, QUESTION_VICTIM_IPV6 "/128", QUESTION_PORT, &web);
	put_policy();
}

static inline void protect(__u32 above)
{
	protect_by(POLICY_ACTION_CHALLENGE, above);
}

static inline __u8 *frame_memory(void)
{
	return memory + 2;
}

static inline enum policy_reason ask_bytes(__u32 bytes)
{
	struct frame frame = {.data = frame_memory(), .end = frame_memory() + bytes};
	struct request request = {};
	enum frame_class class;
	__u64 reasons = 0;
	int verdict;

	frame.context = &frame;
	class = classify_and_describe(&frame, DETAIL_ALL, &request);
	judge__present(0, class, &request);
	verdict = judge(&frame, 0);
	world.frames++;
	for (int i = 0; i < REASON_COUNT; i++)
		reasons += world.counters.reasons[i];
	assert_int_equal(reasons, world.frames);
	assert_int_equal(verdict, reason_verdict(world.counters.last.reason));
	return world.counters.last.reason;
}

/* What the policy decides; an answer is in the frame's memory then. */
static inline enum policy_reason ask(const struct question *question)
{
	return ask_bytes(question__bytes(question, frame_memory()));
}

static inline struct question syn_of(__u32 source)
{
	return (struct question){.source = source,
				 .source_port = 40000 + source % 1000,
				 .flags = QUESTION_SYN,
				 .sequence = source * 0x9e3779b1u,
				 .tcp_option_words = 5};
}

#endif
