// SPDX-License-Identifier: GPL-2.0-only
// event_cap: how many events there may be: a limit of their rate, and of attacks at a time.
#include "common/events/event_cap.h"

#include <string.h>

#include "common/base/clock.h"

void event_cap__start(struct event_cap *cap)
{
	*cap = (struct event_cap){.tokens = EVENT_CAP_BURST};
}

void event_cap__pass_time(struct event_cap *cap, __u64 interval_ns)
{
	cap->tokens += (double)EVENT_CAP_PER_SECOND * interval_ns / NS_PER_S;
	if (cap->tokens > EVENT_CAP_BURST)
		cap->tokens = EVENT_CAP_BURST;
}

bool event_cap__take(struct event_cap *cap)
{
	if (cap->tokens < 1)
		return false;
	cap->tokens--;
	return true;
}

void event_cap__force(struct event_cap *cap)
{
	cap->tokens--;
}

void event_cap__hold_back(struct event_cap *cap, enum event_kind kind)
{
	cap->held_back[kind]++;
}

bool event_cap__suppressed(struct event_cap *cap, struct event *ret)
{
	__u64 sum = 0;

	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		sum += cap->held_back[i];
	if (!sum)
		return false;
	ret->kind = EVENT_SUPPRESSED;
	ret->phase = PHASE_POINT;
	ret->severity = SEVERITY_NOTICE;
	memcpy(ret->suppressed.counts, cap->held_back, sizeof(cap->held_back));
	memset(cap->held_back, 0, sizeof(cap->held_back));
	return true;
}
