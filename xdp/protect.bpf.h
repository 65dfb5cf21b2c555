// SPDX-License-Identifier: GPL-2.0-only
// protect: which protected victims are under attack. Also compiles on the host.
//
// Each victim (address and port) of a rule has two buckets of SYNs that hold one second's worth of
// the rule's rates. One drains at `above`: when it overflows, an attack begins. The other one
// drains at `below`: while it overflows, the attack goes on, and ends `hold` after that was last
// so. A steady rate below `above` therefore never begins an attack, one above `below` does not let
// it end, and pulses make one attack. There is no timer: a victim is under attack until calm_at,
// for readers, too.
//
// A bucket is stored as the time at which it is empty, so that it drains by itself, and an entry
// whose buckets are empty may be replaced at no loss. All CPUs share the entries. In a flood each
// would write to the same cache line for every SYN: instead it adds what has come within a jiffy.
#ifndef XDP_PROTECT_BPF_H
#define XDP_PROTECT_BPF_H

#include "common/abi/hash.h"
#include "common/abi/policy.h"
#include "xdp/policy.bpf.h"

/* Never 0, which is a free entry's. Rules keep their numbers when a policy is replaced. */
static __always_inline __u64 attack__id(const volatile __u64 *seeds, const struct endpoint *victim,
					__u8 rule)
{
	__u64 hash = (seeds[0] + victim->address[1]) * (seeds[1] + victim->address[0]);

	hash += (seeds[2] + victim->address[3]) * (seeds[3] + victim->address[2]);
	hash += seeds[4] * (seeds[5] + endpoint__last(victim) + ((__u64)rule << 32));
	return hash__mix(hash) | 1;
}

/* Pours SYNs into a bucket. Return: true if it overflows. */
static __always_inline bool bucket__pour(__u64 *empty_at, __u64 time, __u64 amount, __u64 second)
{
	__u64 filled = (__s64)(*empty_at - time) > 0 ? *empty_at - time : 0;
	bool overflows;

	filled += amount;
	overflows = filled > second;
	*(volatile __u64 *)empty_at = time + (overflows ? second : filled);
	return overflows;
}

static __always_inline bool attack__is_on(const struct attack *attack, __u64 now)
{
	return attack->calm_at > now;
}

/* Adds SYNs of a victim that have come until @now. */
static __always_inline void attack__add(struct attack *attack, const struct policy_protect *protect,
					__u32 hz, __u64 now, __u32 syns)
{
	__u64 second = (__u64)hz << POLICY_TICK_BITS, time = now << POLICY_TICK_BITS;
	bool is_above = bucket__pour(&attack->above_at, time, syns * protect->above, second);
	bool is_not_below = bucket__pour(&attack->below_at, time, syns * protect->below, second);
	bool is_on = attack__is_on(attack, now);

	if (!is_above && !(is_on && is_not_below))
		return;
	if (!is_on)
		attack->since = now;
	attack->calm_at = now + protect->hold;
}

/* The way of an entry; ATTACK_WAYS: there is none. */
static __always_inline __u32 attacks__find(const struct attack_set *set, __u64 id)
{
	for (__u32 way = 0; way < ATTACK_WAYS; way++)
		if (set->ways[way].id == id)
			return way;
	return ATTACK_WAYS;
}

/* The way of an entry to replace: the emptiest, but none under attack. ATTACK_WAYS: all are. */
static __always_inline __u32 attacks__emptiest(const struct attack_set *set, __u64 now)
{
	__u64 time = now << POLICY_TICK_BITS;
	__s64 least = 0x7fffffffffffffffll;
	__u32 emptiest = ATTACK_WAYS;

	for (__u32 way = 0; way < ATTACK_WAYS; way++) {
		const struct attack *attack = &set->ways[way];
		__s64 filled = attack->id ? (__s64)(attack->below_at - time) : -least;

		if (filled >= least || (attack->id && attack__is_on(attack, now)))
			continue;
		least = filled;
		emptiest = way;
	}
	return emptiest;
}

static __always_inline void attack__start(struct attack *attack, __u64 id, __u64 now)
{
	__u64 time = now << POLICY_TICK_BITS;

	attack->id = id;
	attack->above_at = attack->below_at = time;
	attack->calm_at = now;
	attack->since = 0;
	attack->syns = attack->stopped = attack->challenged = attack->verified = 0;
}

/* Return: the way of a victim's entry, a new one if it has none; ATTACK_WAYS: no room. */
static __always_inline __u32 attacks__way(struct attack_set *set, __u64 id, __u64 now)
{
	__u32 way = attacks__find(set, id);

	if (way < ATTACK_WAYS || peek)
		return way;
	way = attacks__emptiest(set, now);
	if (way < ATTACK_WAYS)
		attack__start(&set->ways[way], id, now);
	return way;
}

static __always_inline struct attack *attack_at(const struct attack_pending *pending)
{
	__u32 number = pending->set;
	struct attack_set *set = bpf_map_lookup_elem(&attacks, &number);

	return set ? &set->ways[pending->way % ATTACK_WAYS] : NULL;
}

/* Moves SYNs to their entry. Those of an entry or a rule that has been replaced are lost. */
static __always_inline void attack__flush(struct attack_pending *pending,
					  const struct ruling *ruling)
{
	const struct policy_protect *protect =
		&ruling->image->protects[pending->protect % POLICY_PROTECTS];
	struct attack *attack;

	if (!pending->id || !pending->syns || protect->rule != pending->rule)
		return;
	attack = attack_at(pending);
	if (!attack || attack->id != pending->id)
		return;
	attack__add(attack, protect, ruling->image->header.hz, ruling->now, pending->syns);
	__sync_fetch_and_add(&attack->syns, pending->syns);
	__sync_fetch_and_add(&attack->stopped, pending->stopped);
	__sync_fetch_and_add(&attack->challenged, pending->challenged);
}

/* Return: false if there is no room for the victim. */
static __always_inline bool attack__follow(struct attack_pending *pending, __u64 id,
					   const struct endpoint *victim, __u64 now)
{
	__u32 number = hash__scale(id, policy_config.attack_sets);
	struct attack_set *set = bpf_map_lookup_elem(&attacks, &number);
	__u32 way;

	pending->id = 0;
	if (!set)
		return false;
	way = attacks__way(set, id, now);
	if (way >= ATTACK_WAYS)
		return false;
	/* Again each time: CPUs may have made entries of two victims in the same place at once. */
	set->ways[way].victim = *victim;
	set->ways[way].rule = pending->rule;
	pending->id = id;
	pending->set = number;
	pending->way = way;
	return true;
}

/* Return: true if a victim is under attack; without counting anything. */
static __always_inline bool attack__peek(__u64 id, __u64 now)
{
	__u32 number = hash__scale(id, policy_config.attack_sets), way;
	struct attack_set *set = bpf_map_lookup_elem(&attacks, &number);

	if (!set)
		return false;
	way = attacks__find(set, id);
	return way < ATTACK_WAYS && attack__is_on(&set->ways[way], now);
}

static __always_inline struct attack_pending *pending_of(struct verdict_counters *counters,
							 __u64 id)
{
	return &counters->attacks[id >> 8 & (ATTACK_SLOTS - 1)];
}

/**
 * protect__is_attacked() - count a SYN to a protected victim
 * @number: of the policy's struct policy_protect
 *
 * Return: true if the victim is under attack by that rule.
 */
static __always_inline bool protect__is_attacked(struct verdict_counters *counters,
						 const struct ruling *ruling, __u8 number,
						 const struct endpoint *victim)
{
	__u8 rule = ruling->image->protects[number % POLICY_PROTECTS].rule;
	__u64 id = attack__id(policy_config.seeds, victim, rule);
	struct attack_pending *pending = pending_of(counters, id);
	const struct attack *attack;

	if (peek)
		return attack__peek(id, ruling->now);
	if (pending->id != id || pending->jiffy != ruling->now ||
	    pending->syns >= ATTACK_PENDING_MAX) {
		attack__flush(pending, ruling);
		*pending = (struct attack_pending){
			.jiffy = ruling->now, .protect = number, .rule = rule};
		if (!attack__follow(pending, id, victim, ruling->now)) {
			counters->untracked_syns++;
			return false;
		}
	}
	pending->syns++;
	attack = attack_at(pending);
	return attack && attack->id == id && attack__is_on(attack, ruling->now);
}

/**
 * protect__stopped() - the SYN that was counted last does not pass, or would not
 * @challenged: it was answered by a challenge
 */
static __always_inline void protect__stopped(struct verdict_counters *counters,
					     const struct endpoint *victim, __u8 rule,
					     bool challenged)
{
	__u64 id = attack__id(policy_config.seeds, victim, rule);
	struct attack_pending *pending = pending_of(counters, id);

	if (peek || pending->id != id)
		return;
	pending->stopped++;
	pending->challenged += challenged;
}

/** attack__verified() - a source has answered the challenge of a victim's rule */
static __always_inline void attack__verified(const struct endpoint *victim, __u8 rule)
{
	__u64 id = attack__id(policy_config.seeds, victim, rule);
	__u32 number = hash__scale(id, policy_config.attack_sets), way;
	struct attack_set *set = bpf_map_lookup_elem(&attacks, &number);

	if (!set)
		return;
	way = attacks__find(set, id);
	if (way < ATTACK_WAYS)
		__sync_fetch_and_add(&set->ways[way].verified, 1);
}

#endif
