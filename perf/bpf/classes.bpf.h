// SPDX-License-Identifier: GPL-2.0-only
// classes: the dataplane's parser and class counters, shared by the lab's programs.
#ifndef PERF_CLASSES_BPF_H
#define PERF_CLASSES_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "perf/lab.h"
#include "xdp/frame.bpf.h"
#include "xdp/parse.bpf.h"

/* Kernels that can run the feeder also have multi-buffer XDP. */
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
		class); /* else clang knows its range and drops the check that the verifier needs */
	return class;
}

/* Returns this CPU's counters; NULL only to satisfy the verifier. */
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
