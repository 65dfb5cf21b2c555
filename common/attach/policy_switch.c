// SPDX-License-Identifier: GPL-2.0-only
// policy_switch: which policy rules: try a candidate, confirm it or revert to the confirmed one.
#include "common/attach/policy_switch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/policy/policy_compile.h"

/* Commands change the text and the maps one after the other. */
#define READ_ATTEMPTS 10
#define READ_PAUSE_NS 20000000l

/* Both slots, as the programs see them. */
struct slot_headers {
	struct policy_header headers[POLICY_SLOTS]; /* zeros: the slot is empty */
	bool is_set[POLICY_SLOTS];
	__u64 now; /* jiffies */
};

int policy_switch__open(struct policy_home *home, const char *id, struct policy_maps *maps,
			struct errmsg *why)
{
	snprintf(home->id, sizeof(home->id), "%s", id);
	home->maps = maps;
	return policy_clock__read(&home->clock, why);
}

static int read_headers(const struct policy_home *home, struct slot_headers *ret,
			struct errmsg *why)
{
	int err;

	*ret = (struct slot_headers){.now = policy_clock__now(&home->clock)};
	for (int slot = 0; slot < POLICY_SLOTS; slot++) {
		err = policy_maps__header(home->maps, slot, &ret->headers[slot], why);
		if (err < 0)
			return err;
		ret->is_set[slot] = err;
	}
	return 0;
}

static bool has_candidate(const struct slot_headers *slots)
{
	return slots->is_set[POLICY_CANDIDATE] &&
	       policy_rules_at(slots->headers[POLICY_CANDIDATE].deadline, slots->now);
}

static __u64 next_generation(const struct slot_headers *slots)
{
	__u64 a = slots->headers[POLICY_CANDIDATE].generation;
	__u64 b = slots->headers[POLICY_CONFIRMED].generation;

	return (a > b ? a : b) + 1;
}

/* What goes into a slot. */
struct slot_content {
	enum policy_slot slot;
	const struct policy *policy;
	const struct timed_prefixes *timed;
	const struct policy_text *text; /* to be stored as the candidate's before; or NULL */
	const __u8 *digest;
	__u64 generation;
	__u32 within_s; /* from the clock's reading on; 0: none */
	__u64 deadline; /* jiffies; instead */
};

static int compile_slot(const struct policy_home *home, const struct slot_content *content,
			struct compiled_policy *ret, struct errmsg *why)
{
	struct policy_build build = {
		.timed = content->timed,
		.max_prefixes = policy_maps__max_prefixes(home->maps),
		.hz = home->clock.hz,
		.jiffies = policy_clock__now(&home->clock),
		.wall_ns = clock__wall_ns(),
		.generation = content->generation,
		.digest = content->digest,
	};
	struct policy_names names;
	int err;

	err = policy_maps__names(home->maps, &names, why);
	if (err)
		return err;
	err = policy__compile(content->policy, &build, &names, ret, why);
	if (err)
		return err;
	err = policy_maps__set_names(home->maps, &names, why);
	if (err)
		compiled_policy__free(ret);
	return err;
}

/* The time to confirm begins when the policy is in force. */
static int put_compiled(const struct policy_home *home, const struct slot_content *content,
			const struct compiled_policy *compiled, struct errmsg *why)
{
	__u64 deadline = content->deadline;

	if (content->within_s)
		deadline =
			policy_clock__now(&home->clock) + (__u64)content->within_s * home->clock.hz;
	return policy_maps__put(home->maps, content->slot, compiled->chunks, compiled->chunk_count,
				deadline, why);
}

/* Nothing is changed before the policy is compiled. */
static int fill_slot(const struct policy_home *home, struct slot_content *content,
		     struct policy_switched *ret, struct errmsg *why)
{
	__u64 started_ns = clock__now_ns(), built_ns, stored_ns;
	struct compiled_policy compiled;
	int err;

	err = compile_slot(home, content, &compiled, why);
	if (err)
		return err;
	built_ns = clock__now_ns();
	if (content->text)
		err = policy_store__write(home->id, POLICY_CANDIDATE, content->text, why);
	stored_ns = clock__now_ns();
	if (!err)
		err = put_compiled(home, content, &compiled, why);
	if (!err && ret)
		*ret = (struct policy_switched){
			.generation = content->generation,
			.ipv4_prefixes = compiled.ipv4_prefixes,
			.ipv6_prefixes = compiled.ipv6_prefixes,
			.build_ns = built_ns - started_ns,
			.switch_ns = clock__now_ns() - stored_ns,
		};
	compiled_policy__free(&compiled);
	return err;
}

static int put_policy(const struct policy_home *home, const struct policy *policy,
		      const struct policy_text *text, __u32 within_s, struct policy_switched *ret,
		      struct errmsg *why)
{
	struct slot_content content = {
		.slot = within_s ? POLICY_CANDIDATE : POLICY_CONFIRMED,
		.policy = policy,
		.text = text,
		.digest = text->digest,
		.within_s = within_s,
	};
	struct timed_prefixes timed;
	struct slot_headers slots;
	int err;

	err = read_headers(home, &slots, why);
	if (err)
		return err;
	content.generation = next_generation(&slots);
	err = policy_store__timed(home->id, &timed, why);
	if (err)
		return err;
	content.timed = &timed;
	err = fill_slot(home, &content, ret, why);
	timed_prefixes__free(&timed);
	return err;
}

static int end_trial(const struct policy_home *home, struct errmsg *why)
{
	int err = policy_maps__clear(home->maps, POLICY_CANDIDATE, why);

	return err ? err : policy_store__drop_candidate(home->id, why);
}

static int complete_confirmation(const struct policy_home *home, struct errmsg *why)
{
	int err = policy_store__confirm(home->id, why);

	return err ? err : policy_maps__clear(home->maps, POLICY_CANDIDATE, why);
}

/* Until its text has its final name, what is in force can be undone. */
static bool has_candidate_text(const struct policy_home *home)
{
	__u8 digest[POLICY_DIGEST_BYTES];

	return !policy_store__digest(home->id, POLICY_CANDIDATE, digest, NULL);
}

/* Without a trial: what cannot be stored is not kept. */
static int put_confirmed(const struct policy_home *home, const struct policy *policy,
			 const struct policy_text *text, struct policy_switched *ret,
			 struct errmsg *why)
{
	int err, old_fd = policy_maps__open_policy(home->maps, POLICY_CONFIRMED, why);

	if (old_fd < 0 && old_fd != -ENOENT)
		return old_fd;
	err = put_policy(home, policy, text, 0, ret, why);
	if (!err) {
		err = policy_store__confirm(home->id, why);
		if (err && has_candidate_text(home))
			policy_maps__put_back(home->maps, POLICY_CONFIRMED, old_fd);
	}
	if (old_fd >= 0)
		close(old_fd);
	return err ? err : policy_maps__clear(home->maps, POLICY_CANDIDATE, why);
}

/* An earlier candidate stays on trial. @before: its text; zeros: there was none */
static void undo_apply(const struct policy_home *home, const struct policy_text *before)
{
	if (before->text)
		policy_store__write(home->id, POLICY_CANDIDATE, before, NULL);
	policy_switch__recover(home, NULL);
}

int policy_switch__apply(const struct policy_home *home, const struct policy *policy,
			 __u32 within_s, struct policy_switched *ret, struct errmsg *why)
{
	struct policy_text text, before = {};
	int err;

	err = policy_store__text(home->id, POLICY_CANDIDATE, &before, why);
	if (err && err != -ENOENT)
		return err;
	err = policy_text__write(policy, &text);
	if (err)
		goto out;
	err = within_s ? put_policy(home, policy, &text, within_s, ret, why)
		       : put_confirmed(home, policy, &text, ret, why);
	policy_text__free(&text);
	if (err)
		undo_apply(home, &before);
out:
	policy_text__free(&before);
	return err;
}

/* What is kept must be known after the next boot, too. */
static int check_text(const struct policy_home *home, struct errmsg *why)
{
	__u8 digest[POLICY_DIGEST_BYTES];
	struct slot_headers slots;
	int err;

	err = read_headers(home, &slots, why);
	if (err || !has_candidate(&slots))
		return err;
	if (!policy_store__digest(home->id, POLICY_CANDIDATE, digest, NULL) &&
	    !memcmp(digest, slots.headers[POLICY_CANDIDATE].digest, sizeof(digest)))
		return 0;
	return errmsg__set(why, -EUCLEAN,
			   "policy %s: the candidate's text is not on the disk: apply it again",
			   home->id);
}

int policy_switch__confirm(const struct policy_home *home, struct errmsg *why)
{
	struct policy_trial trial;
	int err = check_text(home, why);

	if (err)
		return err;
	err = policy_maps__keep_trial(home->maps, &trial, why);
	if (err)
		return err;
	err = policy_maps__confirm(home->maps, &trial, why);
	if (!err)
		err = policy_store__confirm(home->id, why);
	if (err && has_candidate_text(home))
		policy_maps__resume_trial(home->maps, &trial);
	policy_trial__close(&trial);
	return err;
}

int policy_switch__revert(const struct policy_home *home, struct errmsg *why)
{
	struct slot_headers slots;
	int err = read_headers(home, &slots, why);

	if (err)
		return err;
	if (!has_candidate(&slots))
		return errmsg__set(why, -ENOENT,
				   "nothing to revert: no policy waits for a confirmation");
	return end_trial(home, why);
}

static int explain_other_text(const struct policy_home *home, struct errmsg *why)
{
	return errmsg__set(why, -EUCLEAN,
			   "policy %s: what is on disk is not what is in force: 'policy apply' "
			   "puts a policy in force anew",
			   home->id);
}

/* A slot's own rules, or an empty policy. */
static int read_slot(const struct policy_home *home, const struct slot_headers *slots,
		     enum policy_slot slot, struct policy *ret, struct errmsg *why)
{
	__u8 digest[POLICY_DIGEST_BYTES];
	int err;

	*ret = (struct policy){.tiny_fragments = FRAGMENTS_PASS};
	if (!slots->is_set[slot])
		return 0;
	err = policy_store__read(home->id, slot, ret, digest, why);
	if (err == -ENOENT && slot == POLICY_CONFIRMED)
		return 0;
	if (err || !memcmp(digest, slots->headers[slot].digest, sizeof(digest)))
		return err;
	policy__free(ret);
	return explain_other_text(home, why);
}

static int refill_slot(const struct policy_home *home, const struct slot_headers *slots,
		       enum policy_slot slot, const struct timed_prefixes *timed,
		       struct errmsg *why)
{
	struct slot_content content = {
		.slot = slot,
		.timed = timed,
		.generation = slots->headers[slot].generation ?: 1,
		.digest = slots->headers[slot].digest,
		.deadline = slot == POLICY_CANDIDATE ? slots->headers[slot].deadline : 0,
	};
	struct policy policy;
	int err = read_slot(home, slots, slot, &policy, why);

	if (err)
		return err;
	content.policy = &policy;
	err = fill_slot(home, &content, NULL, why);
	policy__free(&policy);
	return err;
}

/* Both slots, with the file that a boot reads. */
static int list_in_slots(const struct policy_home *home, const struct timed_prefixes *timed,
			 struct errmsg *why)
{
	struct slot_headers slots;
	int err;

	err = policy_store__save_timed(home->id, timed, why);
	if (err)
		return err;
	err = read_headers(home, &slots, why);
	if (err)
		return err;
	err = refill_slot(home, &slots, POLICY_CONFIRMED, timed, why);
	if (!err && has_candidate(&slots))
		err = refill_slot(home, &slots, POLICY_CANDIDATE, timed, why);
	return err;
}

int policy_switch__list(const struct policy_home *home, const struct timed_prefixes *timed,
			struct errmsg *why)
{
	struct timed_prefixes before;
	int err;

	err = policy_store__timed(home->id, &before, why);
	if (err)
		return err;
	err = list_in_slots(home, timed, why);
	if (err)
		list_in_slots(home, &before, NULL);
	timed_prefixes__free(&before);
	return err;
}

int policy_switch__restore(const struct policy_home *home, struct errmsg *why)
{
	__u8 digest[POLICY_DIGEST_BYTES];
	struct slot_content content = {.slot = POLICY_CONFIRMED, .generation = 1, .digest = digest};
	struct timed_prefixes timed;
	struct policy policy;
	int err;

	err = policy_store__read(home->id, POLICY_CONFIRMED, &policy, digest, why);
	if (err)
		return err;
	err = policy_store__timed(home->id, &timed, why);
	if (!err) {
		content.policy = &policy;
		content.timed = &timed;
		err = fill_slot(home, &content, NULL, why);
		timed_prefixes__free(&timed);
	}
	policy__free(&policy);
	return err ? err : policy_store__drop_candidate(home->id, why);
}

int policy_switch__recover(const struct policy_home *home, struct errmsg *why)
{
	__u8 digest[POLICY_DIGEST_BYTES];
	struct slot_headers slots;
	bool stored, confirmed;
	int err;

	err = read_headers(home, &slots, why);
	if (err)
		return err;
	stored = !policy_store__digest(home->id, POLICY_CANDIDATE, digest, NULL);
	confirmed = stored && slots.is_set[POLICY_CONFIRMED] &&
		    !memcmp(digest, slots.headers[POLICY_CONFIRMED].digest, sizeof(digest)) &&
		    slots.headers[POLICY_CONFIRMED].generation >=
			    slots.headers[POLICY_CANDIDATE].generation;
	if (confirmed)
		err = complete_confirmation(home, why);
	else if (!has_candidate(&slots) && (stored || slots.is_set[POLICY_CANDIDATE]))
		err = end_trial(home, why);
	return err ? err : policy_maps__refresh(home->maps, why);
}

/* The text of what is in a slot: between two steps of a command it is still the other slot's. */
static int read_text_of(const struct policy_home *home, const struct policy_header *header,
			enum policy_slot slot, struct policy *ret, struct errmsg *why)
{
	static const __u8 none[POLICY_DIGEST_BYTES];
	__u8 digest[POLICY_DIGEST_BYTES];

	if (!memcmp(header->digest, none, sizeof(none))) {
		*ret = (struct policy){.tiny_fragments = FRAGMENTS_PASS};
		return 0;
	}
	for (int i = 0; i < POLICY_SLOTS; i++) {
		int err = policy_store__read(home->id, i ? !slot : slot, ret, digest, why);

		if (!err && !memcmp(digest, header->digest, sizeof(digest)))
			return 0;
		if (!err)
			policy__free(ret);
		else if (err != -ENOENT)
			return err;
	}
	return explain_other_text(home, why);
}

int policy_switch__read(const struct policy_home *home, struct policy *ret, struct errmsg *why)
{
	const struct timespec pause = {.tv_nsec = READ_PAUSE_NS};
	enum policy_slot slot;
	struct slot_headers slots;
	int err, attempts = 0;

	do {
		if (attempts)
			nanosleep(&pause, NULL);
		err = read_headers(home, &slots, why);
		if (err)
			return err;
		*ret = (struct policy){.tiny_fragments = FRAGMENTS_PASS};
		slot = has_candidate(&slots) ? POLICY_CANDIDATE : POLICY_CONFIRMED;
		if (!slots.is_set[slot])
			return POLICY_SLOTS;
		err = read_text_of(home, &slots.headers[slot], slot, ret, why);
	} while (err == -EUCLEAN && ++attempts < READ_ATTEMPTS);
	return err ? err : (int)slot;
}

int policy_switch__left_s(const struct policy_home *home, struct errmsg *why)
{
	struct slot_headers slots;
	int err = read_headers(home, &slots, why);

	if (err)
		return err;
	if (!has_candidate(&slots) || !slots.headers[POLICY_CANDIDATE].deadline)
		return 0;
	return (slots.headers[POLICY_CANDIDATE].deadline - slots.now + home->clock.hz - 1) /
	       home->clock.hz;
}
