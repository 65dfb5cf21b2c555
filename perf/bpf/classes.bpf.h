// SPDX-License-Identifier: GPL-2.0-only
// classes: the dataplane's parser and its class counters, for programs that go on differently.
#ifndef PERF_CLASSES_BPF_H
#define PERF_CLASSES_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "perf/lab.h"
#include "xdp/frame.bpf.h"
#include "xdp/parse.bpf.h"

/* The bench needs the feeder, and a kernel that has what that needs has multi-buffer XDP too. */
const volatile _Bool multi_buffer = 1;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lab_counters);
} lab_counters SEC(".maps");

static __always_inline enum frame_class parse(const struct frame *frame, struct request *request)
{
	enum frame_class class = classify(frame, request);

	barrier_var(
		class); /* clang knows its range and would drop the check that the verifier needs */
	return class;
}

/* Return: this CPU's counters, or NULL for the impossible. */
static __always_inline struct lab_counters *
count_class(const struct frame *frame, enum frame_class class, enum xdp_action verdict)
{
	struct lab_counters *counters;
	__u32 zero = 0;

	counters = bpf_map_lookup_elem(&lab_counters, &zero);
	if (!counters || class >= CLASS_COUNT)
		return NULL;
	counters->classes[class]++;
	counters->verdicts[verdict]++;
	counters->bytes += frame_bytes(frame);
	return counters;
}

#endif
