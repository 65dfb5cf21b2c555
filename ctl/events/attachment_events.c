// SPDX-License-Identifier: GPL-2.0-only
// attachment_events: what became of the program on an interface, and of its policy.
#include "ctl/events/attachment_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/attach/registry.h"
#include "common/attach/xdp_hook.h"
#include "common/base/sha256.h"

static void send_attachment(struct monitoring *monitoring, const char *interface,
			    __u64 attached_at_ns, enum attachment_event state, __u32 program_id,
			    const char *to_netns)
{
	bool is_bad = state == ATTACHMENT_GONE || state == ATTACHMENT_REPLACED ||
		      state == ATTACHMENT_MOVED;
	struct event event =
		recorder__event(monitoring->recorder, interface, EVENT_ATTACHMENT, PHASE_POINT,
				is_bad ? SEVERITY_WARNING : SEVERITY_NOTICE);

	event.attachment.state = state;
	event.attachment.program_id = program_id;
	snprintf(event.attachment.to_netns, sizeof(event.attachment.to_netns), "%s", to_netns);
	recorder__send(monitoring->recorder, &event, attached_at_ns, event.time_ns);
}

/* The attachment that was here, as it is found now; false if there is none. */
static bool find_former(__u64 attached_at_ns, struct attachment *ret)
{
	struct attachment *list = NULL;
	struct registry *registry;
	size_t count = 0;
	bool found = false;

	if (registry__open(REGISTRY_READ, &registry, NULL))
		return false;
	if (!attachment__list(registry, &list, &count, NULL))
		for (size_t i = 0; i < count && !found; i++)
			if (list[i].record.attached_at_ns == attached_at_ns) {
				*ret = list[i];
				found = true;
			}
	free(list);
	registry__close(registry);
	return found;
}

static bool another_program_runs(const struct watched *watched)
{
	struct xdp_hook_state state;

	if (xdp_hook__query(watched->attachment.ifindex, &state, NULL))
		return false;
	return xdp_hook_state__any(&state);
}

/* It counted, and does not any more. */
static void send_end(const struct monitored *before, struct monitoring *monitoring,
		     const struct watched *watched)
{
	enum attachment_event state = ATTACHMENT_DETACHED;
	struct attachment former = {};
	const char *place = "";

	if (watched && watched->state == WATCHED_STALE && another_program_runs(watched))
		state = ATTACHMENT_REPLACED;
	if (!watched || watched->state == WATCHED_GONE) {
		state = ATTACHMENT_GONE;
		if (find_former(before->attached_at_ns, &former) &&
		    former.whereabouts != WHEREABOUTS_NONE &&
		    former.whereabouts != WHEREABOUTS_UNKNOWN) {
			state = ATTACHMENT_MOVED;
			place = former.place;
		}
	}
	send_attachment(monitoring, before->interface, before->attached_at_ns, state,
			before->program_id, place);
}

void attachment_events__send(const struct monitored *before, struct monitoring *monitoring,
			     const struct watched *watched)
{
	const struct attachment *now = watched ? &watched->attachment : NULL;
	bool counts = watched && watched->state == WATCHED_COUNTING;
	enum attachment_event state;

	if (!counts) {
		if (before->was_counting)
			send_end(before, monitoring, watched);
		return;
	}
	if (before->was_counting && before->program_id == now->program.id)
		return;
	/* What is attached when the first run begins has not just been attached. */
	if (!before->is_known && !before->was_counting && !monitoring->continues)
		return;
	state = !before->was_counting                                  ? ATTACHMENT_ATTACHED
		: before->attached_at_ns == now->record.attached_at_ns ? ATTACHMENT_UPGRADED
								       : ATTACHMENT_RESET;
	send_attachment(monitoring, watched->interface, now->record.attached_at_ns, state,
			now->program.id, "");
}

/* Return: what happened between two readings; POLICY_EVENT_COUNT: nothing. */
static enum policy_event compare_policies(const struct policy_standing *before,
					  const struct policy_standing *now)
{
	bool had = before->ruling < POLICY_SLOTS, has = now->ruling < POLICY_SLOTS;

	if (had && !has)
		return now->was_reverted ? POLICY_REACHED_DEADLINE : POLICY_IS_OFF;
	if (!has)
		return POLICY_EVENT_COUNT;
	if (!had || now->generation > before->generation)
		return POLICY_WAS_APPLIED;
	if (now->generation < before->generation)
		return now->was_reverted ? POLICY_REACHED_DEADLINE : POLICY_WAS_REVERTED;
	if (before->confirm_before_ns && !now->confirm_before_ns)
		return POLICY_WAS_CONFIRMED;
	return POLICY_EVENT_COUNT;
}

static void send_policy(struct monitoring *monitoring, const struct watched *watched,
			enum policy_event action, const struct policy_standing *policy)
{
	struct event event = recorder__event(
		monitoring->recorder, watched->interface, EVENT_POLICY, PHASE_POINT,
		action == POLICY_REACHED_DEADLINE ? SEVERITY_WARNING : SEVERITY_NOTICE);

	event.policy.action = action;
	event.policy.generation = policy->generation;
	snprintf(event.policy.policy, sizeof(event.policy.policy), "%.*s",
		 (int)sizeof(event.policy.policy) - 1, policy->names.id);
	sha256__text(policy->digest, event.policy.file_digest);
	recorder__send(monitoring->recorder, &event, watched->attachment.record.attached_at_ns,
		       policy->generation << 8 | action);
}

void policy_events__send(struct monitored *monitored, struct monitoring *monitoring,
			 const struct watched *watched)
{
	const struct policy_counts *counts = &watched->snapshot.policy;
	struct policy_standing now = {.ruling = POLICY_SLOTS};
	enum policy_event action;

	if (counts->is_armed)
		now = counts->standing;
	action = compare_policies(&monitored->policy, &now);
	if (monitored->policy_is_known && action < POLICY_EVENT_COUNT)
		send_policy(monitoring, watched, action,
			    now.ruling < POLICY_SLOTS ? &now : &monitored->policy);
	monitored->policy = now;
	monitored->policy_is_known = true;
}
