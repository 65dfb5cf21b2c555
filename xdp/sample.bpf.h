// SPDX-License-Identifier: GPL-2.0-only
// sample: copies the headers of some frames into a ring that user space maps: common/abi/sample.h.
// Also compiles on the host.
#ifndef XDP_SAMPLE_BPF_H
#define XDP_SAMPLE_BPF_H

#include "common/abi/sample.h"
#include "xdp/frame.bpf.h"
#include "xdp/maps.bpf.h"
#include "xdp/parse.bpf.h"

/* Both by CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sample_slot);
} sample_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sample_control);
} sample_control SEC(".maps");

/* What a frame came to, in one argument: its gate, rule and verdict. */
static __always_inline __u32 sample_pack(__u8 gate, __u8 rule, __u8 verdict)
{
	return gate | rule << 8 | verdict << 16;
}

static __always_inline __u8 sample_gate_number(__u32 what)
{
	return what;
}

static __always_inline __u8 sample_rule(__u32 what)
{
	return what >> 8;
}

static __always_inline __u8 sample_verdict(__u32 what)
{
	return what >> 16;
}

static __always_inline struct sample_gate *sample_gate_of(struct sample_control *control,
							  __u32 number)
{
	barrier_var(number); /* clang may know its range, which the verifier does not */
	return &control->gates[number % SAMPLE_GATES];
}

static __always_inline bool sample__is_granted(const struct sample_gate *gate)
{
	return gate->taken < gate->grant;
}

/* The slot of the next sample. */
static __always_inline struct sample_slot *sample_next(__u32 cpu,
						       const struct sample_control *control)
{
	__u32 number = sample_slot_number(cpu, control->written, control->wide);

	return bpf_map_lookup_elem(&sample_slots, &number);
}

/* What follows the TCP header is payload; with TCP Fast Open, a SYN's too. Return: the bytes of a
 * frame up to there, or all. */
static __always_inline __u32 header_bytes(const struct frame *frame, __u8 *ret_class)
{
	__u32 end, offset, bytes = frame_bytes(frame);
	struct request request = {};
	const struct tcp_start *tcp;
	struct tcp_start copy;

	*ret_class = classify_and_describe(frame, DETAIL_ALL, &request);
	if (!request.tcp_offset)
		return bytes;
	offset = request.tcp_offset;
	barrier_var(offset); /* clang knows its range, which 5.10 forgets: keep the mask */
	offset &= OFFSET_MASK;
	tcp = frame_at(frame, offset, sizeof(*tcp), &copy);
	if (!tcp)
		return bytes;
	end = offset + (tcp->data_offset >> 4) * 4;
	return end < bytes ? end : bytes;
}

#ifdef __bpf__

/* Of an offset: whole words. Before it is added to the packet's start, 5.10 wants a bound on it. */
#define SAMPLE_WORDS_MASK 0xf8u
#define SAMPLE_BYTES_MASK 0xffu

/* The bytes after the last whole word; @max: the last offset of a word in @to. */
static __always_inline void sample_copy_rest(__u8 *to, const struct frame *frame, __u32 from,
					     __u32 bytes, __u32 max)
{
	__u32 offset = bytes & SAMPLE_WORDS_MASK;

	for (int i = 0; i < 7; i++) {
		const char *start = (const char *)frame->data + from + offset;

		barrier_var(start);
		if (offset >= bytes || offset > max + 7 || start + 1 > (const char *)frame->end)
			return;
		to[offset] = *start;
		offset++;
	}
}

/* Words, because copying a byte at a time takes as long as all the rest. @max: see above */
static __always_inline void sample_copy_linear(__u8 *to, const struct frame *frame, __u32 from,
					       __u32 bytes, __u32 max)
{
#pragma unroll
	for (__u32 i = 0; i <= max; i += 8) {
		const char *start = (const char *)frame->data + from + i;

		if (i + 8 > bytes || start + 8 > (const char *)frame->end)
			break;
		*(__u64 *)(to + i) = *(const __u64 *)start;
	}
	sample_copy_rest(to, frame, from, bytes, max);
}

/* @bytes: of the frame from @from on; at most @max + 8 */
static __always_inline void sample_copy_part(__u8 *to, const struct frame *frame, __u32 from,
					     __u32 bytes, __u32 max)
{
	__u32 last;

	barrier_var(bytes); /* clang knows its range, and would drop the mask */
	bytes &= SAMPLE_BYTES_MASK;
	if ((const char *)frame->data + from + bytes <= (const char *)frame->end || !multi_buffer) {
		sample_copy_linear(to, frame, from, bytes, max);
		return;
	}
	if (!bytes)
		return;
	/* What is masked and then incremented is not 0, also for kernels that do not learn it from
	 * the comparison above. */
	last = bytes - 1;
	barrier_var(last);
	last &= SAMPLE_BYTES_MASK / 2;
	if (last < max + 8)
		bpf_xdp_load_bytes(frame->context, from, to, last + 1);
}

#else

static __always_inline void sample_copy_part(__u8 *to, const struct frame *frame, __u32 from,
					     __u32 bytes, __u32 max)
{
	(void)max;
	__builtin_memcpy(to, (const char *)frame->data + from, bytes);
}

#endif

/* A wide sample's bytes after those of the first slot. */
static __always_inline void sample_copy_more(__u32 cpu, const struct sample_control *control,
					     const struct frame *frame, __u32 bytes)
{
	__u32 number = sample_slot_number(cpu, control->written, true) + 1;
	struct sample_slot *more = bpf_map_lookup_elem(&sample_slots, &number);

	if (more)
		sample_copy_part((__u8 *)more, frame, SAMPLE_BYTES, bytes, sizeof(*more) - 8);
}

/* A global function, see classify_behind_extensions(). Fills the next slot but for the verdict. */
FRAME_FUNCTION int sample_copy(FRAME_CONTEXT *context, __u32 cpu)
{
	struct sample_control *control = bpf_map_lookup_elem(&sample_control, &cpu);
	struct sample_slot *slot = control ? sample_next(cpu, control) : NULL;
	struct frame frame = frame_of(context);
	__u32 bytes, first;

	if (!slot)
		return 0;
	slot->sequence = 2 * control->written + 1;
	barrier();
	bytes = header_bytes(&frame, &slot->class);
	if (bytes > (control->wide ? SAMPLE_WIDE_BYTES : SAMPLE_BYTES))
		bytes = control->wide ? SAMPLE_WIDE_BYTES : SAMPLE_BYTES;
	slot->time_ns = bpf_ktime_get_ns();
	slot->length = frame_bytes(&frame);
	slot->ifindex = frame_ifindex(context);
	slot->queue = frame_queue(context);
	slot->captured = bytes;
	first = bytes < SAMPLE_BYTES ? bytes : SAMPLE_BYTES;
	sample_copy_part(slot->bytes, &frame, 0, first, SAMPLE_BYTES - 8);
	if (bytes > SAMPLE_BYTES)
		sample_copy_more(cpu, control, &frame, bytes - SAMPLE_BYTES);
	return 0;
}

static __always_inline void sample_complete(__u32 cpu, struct sample_control *control, __u32 what,
					    __u32 every)
{
	struct sample_slot *slot = sample_next(cpu, control);

	if (!slot)
		return;
	slot->every = every;
	slot->gate = sample_gate_number(what);
	slot->rule = sample_rule(what);
	slot->verdict = sample_verdict(what);
	barrier();
	slot->sequence = 2 * control->written + 2;
	barrier();
	control->written++;
}

/* The gate's counter has come to its next sample. Global, because it is rare. */
FRAME_FUNCTION int sample(FRAME_CONTEXT *context, __u32 cpu, __u32 what, __u64 count)
{
	struct sample_control *control = bpf_map_lookup_elem(&sample_control, &cpu);
	struct sample_gate *gate;
	__u32 every;

	if (!control)
		return 0;
	gate = sample_gate_of(control, sample_gate_number(what));
	if (!sample__is_granted(gate)) {
		gate->next = SAMPLE_NEVER;
		return 0;
	}
	if (!control->kept) {
		/* Granted since the answer was written: the next frame will do. */
		if ((sample_verdict(what) & SAMPLE_VERDICT_MASK) == XDP_TX)
			return 0;
		sample_copy(context, cpu);
	}
	every = gate->every ?: 1;
	gate->taken++;
	gate->next = count + every;
	sample_complete(cpu, control, what, every);
	return 0;
}

/**
 * sample__keep() - copy a frame that an answer is about to overwrite, if it may become a sample
 * @count: what its reason's counter will have
 *
 * Its reason may become another one yet.
 */
static __always_inline void sample__keep(FRAME_CONTEXT *context, __u32 cpu, __u8 reason,
					 __u64 count)
{
	struct sample_control *control = bpf_map_lookup_elem(&sample_control, &cpu);
	struct sample_gate *gate;

	if (!control)
		return;
	gate = sample_gate_of(control, reason);
	if (count < gate->next || !sample__is_granted(gate))
		return;
	sample_copy(context, cpu);
	control->kept = true;
}

/** sample__counted() - a frame was counted by its class or reason: it may be the next sample. */
static __always_inline void sample__counted(FRAME_CONTEXT *context, __u32 cpu, __u64 count,
					    __u32 what)
{
	struct sample_control *control = bpf_map_lookup_elem(&sample_control, &cpu);

	if (!control)
		return;
	if (count >= sample_gate_of(control, sample_gate_number(what))->next)
		sample(context, cpu, what, count);
	if (control->kept)
		control->kept = false;
}

#endif
