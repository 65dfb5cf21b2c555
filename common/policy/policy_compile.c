// SPDX-License-Identifier: GPL-2.0-only
// policy_compile: a policy as the bytes that the XDP program searches (common/abi/policy.h).
#include "common/policy/policy_compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/policy/decisions.h"
#include "common/policy/ranges.h"

#define DEFAULT_ATTACK_RATE_PPS 20
#define DEFAULT_ATTACK_BURST 60
#define LIMIT_TICKS 256 /* of a jiffy */
#define MAX_CLOCK_TICKS (1u << 30)

/* What a prefix is listed for: an item of the ranges is a number of these. */
struct compiler {
	const struct policy *policy;
	const struct policy_build *build;
	struct policy_names names;
	struct policy_image *image; /* header and protects, until the ranges are there */
	struct decisions *decisions;
	struct policy_decision *listings;
	size_t listing_count, listing_capacity;
	struct ranges_item *items;
	size_t item_count;
	size_t ipv4_count;
	struct errmsg *why;
};

/* Return: a rule's number, or a negative errno with the reason set. */
static int compiler_rule(struct compiler *compiler, const char *name)
{
	int number = rule_names__number(&compiler->names, name);

	if (number < 0)
		return errmsg__set(compiler->why, number,
				   "rule '%s': %d names of rules have been used since the policy "
				   "was first applied: 'policy off' and 'policy apply' start anew",
				   name, POLICY_RULES - 1);
	return number;
}

/* Return: a port set's number, or a negative errno with the reason set. */
static int compiler_ports(struct compiler *compiler, const struct port_list *ports)
{
	int number = decisions__port_set(compiler->decisions, ports);

	if (number < 0)
		return errmsg__set(compiler->why, number, "more than %d different sets of ports",
				   POLICY_PORT_SETS - 1);
	return number;
}

/* Return: the number of a listing, or -ENOMEM. */
static int add_listing_kind(struct compiler *compiler, const struct policy_decision *listing)
{
	size_t count = compiler->listing_count;

	if (count && !memcmp(&compiler->listings[count - 1], listing, sizeof(*listing)))
		return count - 1;
	if (count == compiler->listing_capacity) {
		size_t capacity = compiler->listing_capacity ? 2 * compiler->listing_capacity : 64;
		struct policy_decision *grown =
			reallocarray(compiler->listings, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		compiler->listings = grown;
		compiler->listing_capacity = capacity;
	}
	compiler->listings[count] = *listing;
	return compiler->listing_count++;
}

static void add_item(struct compiler *compiler, const struct prefix *prefix, int listing)
{
	compiler->items[compiler->item_count++] =
		(struct ranges_item){.prefix = *prefix, .item = listing};
	compiler->ipv4_count += prefix->network.family == ENDPOINT_IPV4;
}

static int add_list(struct compiler *compiler, const struct policy_list *list,
		    const struct policy_decision *decision)
{
	int listing = list->count ? add_listing_kind(compiler, decision) : 0;

	if (listing < 0)
		return listing;
	for (size_t i = 0; i < list->count; i++)
		add_item(compiler, &list->prefixes[i].prefix, listing);
	return 0;
}

static int add_managers(struct compiler *compiler)
{
	const struct policy *policy = compiler->policy;
	int listing, ports, rule;

	rule = policy->management_count ? compiler_rule(compiler, RULE_MANAGEMENT) : 0;
	if (rule < 0)
		return rule;
	for (size_t i = 0; i < policy->management_count; i++) {
		struct policy_decision decision = {.management_rule = rule};

		ports = compiler_ports(compiler, &policy->management[i].ports);
		if (ports < 0)
			return ports;
		decision.management_ports = ports;
		listing = add_listing_kind(compiler, &decision);
		if (listing < 0)
			return listing;
		add_item(compiler, &policy->management[i].source.prefix, listing);
	}
	return 0;
}

static int add_listed(struct compiler *compiler, const struct policy_list *list,
		      enum policy_listing listing, const char *name)
{
	struct policy_decision decision = {};
	int rule = list->count ? compiler_rule(compiler, name) : 0;

	if (rule < 0)
		return rule;
	decision.rules[listing] = rule;
	decision.until[listing] = POLICY_FOREVER;
	return add_list(compiler, list, &decision);
}

/* Rounded up. */
static __u64 end_in_jiffies(const struct policy_build *build, __u64 until_ns)
{
	unsigned __int128 left_ns = until_ns - build->wall_ns;

	return build->jiffies + (__u64)((left_ns * build->hz + NS_PER_S - 1) / NS_PER_S);
}

static int add_timed_prefix(struct compiler *compiler, const struct timed_prefix *timed)
{
	enum policy_listing listing = timed->allow ? LISTED_ALLOW : LISTED_DENY;
	struct policy_decision decision = {};
	int kind, rule;

	if (timed->until_ns && timed->until_ns <= compiler->build->wall_ns)
		return 0;
	rule = compiler_rule(compiler, timed->allow ? RULE_ALLOW_FOR : RULE_DENY_FOR);
	if (rule < 0)
		return rule;
	decision.rules[listing] = rule;
	decision.until[listing] =
		timed->until_ns ? end_in_jiffies(compiler->build, timed->until_ns) : POLICY_FOREVER;
	kind = add_listing_kind(compiler, &decision);
	if (kind < 0)
		return kind;
	add_item(compiler, &timed->prefix, kind);
	return 0;
}

static int add_timed(struct compiler *compiler)
{
	const struct timed_prefixes *timed = compiler->build->timed;
	int err = 0;

	for (size_t i = 0; !err && timed && i < timed->count; i++)
		err = add_timed_prefix(compiler, &timed->prefixes[i]);
	return err;
}

static int compile_limit(struct compiler *compiler, const char *name, __u32 rate_pps, __u32 burst,
			 struct policy_limit *ret)
{
	__u64 ticks = (__u64)compiler->build->hz * LIMIT_TICKS;
	__u64 period = ticks / rate_pps;

	if (!period)
		return errmsg__set(compiler->why, -EINVAL,
				   "%s: limit: %u/s is more than this kernel's clock can measure: "
				   "at most %llu/s",
				   name, rate_pps, ticks);
	if (period * (burst + 1ull) >= MAX_CLOCK_TICKS)
		return errmsg__set(compiler->why, -EINVAL,
				   "%s: limit: a burst of %u at %u/s is too long: at most %llu",
				   name, burst, rate_pps, (MAX_CLOCK_TICKS - 1) / period - 1);
	ret->period = period;
	ret->tolerance = burst * period;
	return 0;
}

static int add_limit(struct compiler *compiler)
{
	const struct limit_rule *limit = &compiler->policy->limit;
	struct policy_limit *compiled = &compiler->image->header.limit;
	int rule;

	if (!limit->given)
		return 0;
	rule = compiler_rule(compiler, RULE_LIMIT);
	if (rule < 0)
		return rule;
	compiled->rule = rule;
	compiled->shadow = limit->mode == POLICY_SHADOW;
	return compile_limit(compiler, "policy", limit->rate_pps, limit->burst, compiled);
}

static int add_fragments(struct compiler *compiler)
{
	struct policy_header *header = &compiler->image->header;
	int rule;

	if (compiler->policy->tiny_fragments == FRAGMENTS_PASS)
		return 0;
	rule = compiler_rule(compiler, RULE_FRAGMENTS);
	if (rule < 0)
		return rule;
	header->tiny_fragment_rule = rule;
	header->tiny_fragment_shadow = compiler->policy->tiny_fragments == FRAGMENTS_SHADOW;
	return 0;
}

static int compile_times(struct compiler *compiler, const struct protect_rule *protect,
			 struct policy_protect *ret)
{
	__u64 ticks = (__u64)compiler->build->hz << POLICY_TICK_BITS;

	ret->trust = (__u64)protect->trust_s * compiler->build->hz;
	ret->always = protect->armed == ARMED_ALWAYS;
	if (ret->always)
		return 0;
	ret->above = ticks / protect->above_pps;
	ret->below = ticks / protect->below_pps;
	if (!ret->above || ret->below <= ret->above)
		return errmsg__set(compiler->why, -EINVAL,
				   "%s: 'above' (%u/s) and 'below' (%u/s) are too close for this "
				   "kernel's clock",
				   protect->name, protect->above_pps, protect->below_pps);
	ret->hold = (__u64)protect->hold_s * compiler->build->hz;
	return 0;
}

/* The limit of a protect without one is the policy's. */
static int compile_attack_limit(struct compiler *compiler, const struct protect_rule *protect,
				struct policy_protect *ret)
{
	const struct limit_rule *limit =
		protect->limit.given ? &protect->limit : &compiler->policy->limit;

	ret->limit.rule = ret->rule;
	ret->limit.shadow = ret->shadow;
	return compile_limit(compiler, protect->name,
			     limit->given ? limit->rate_pps : DEFAULT_ATTACK_RATE_PPS,
			     limit->given ? limit->burst : DEFAULT_ATTACK_BURST, &ret->limit);
}

static int add_protect_rule(struct compiler *compiler, size_t number)
{
	const struct protect_rule *protect = &compiler->policy->protects[number];
	struct policy_protect *compiled = &compiler->image->protects[number];
	struct policy_decision decision = {.protects = {number + 1}};
	int err, ports, rule;

	rule = compiler_rule(compiler, protect->name);
	if (rule < 0)
		return rule;
	ports = compiler_ports(compiler, &protect->ports);
	if (ports < 0)
		return ports;
	compiled->rule = rule;
	compiled->ports = ports;
	compiled->shadow = protect->mode == POLICY_SHADOW;
	compiled->action = protect->action;
	err = compile_times(compiler, protect, compiled);
	if (!err)
		err = compile_attack_limit(compiler, protect, compiled);
	return err ? err : add_list(compiler, &protect->victims, &decision);
}

static int add_protects(struct compiler *compiler)
{
	int err = 0;

	for (size_t i = 0; !err && i < compiler->policy->protect_count; i++)
		err = add_protect_rule(compiler, i);
	return err;
}

static int add_rules(struct compiler *compiler)
{
	static int (*const steps[])(struct compiler *) = {add_managers, add_timed, add_limit,
							  add_fragments, add_protects};
	const struct policy *policy = compiler->policy;
	int err;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		err = steps[i](compiler);
		if (err)
			return err;
	}
	err = add_listed(compiler, &policy->allow, LISTED_ALLOW, RULE_ALLOW);
	if (err)
		return err;
	return add_listed(compiler, &policy->deny,
			  policy->deny.mode == POLICY_ENFORCE ? LISTED_DENY : LISTED_DENY_SHADOW,
			  RULE_DENY);
}

static size_t count_prefixes(const struct policy *policy, const struct policy_build *build)
{
	size_t count = policy->management_count + policy->allow.count + policy->deny.count;

	for (size_t i = 0; i < policy->protect_count; i++)
		count += policy->protects[i].victims.count;
	return count + (build->timed ? build->timed->count : 0);
}

static int too_large(const struct policy_build *build, const char *what, size_t count,
		     struct errmsg *why)
{
	if (count > POLICY_MAX_MAX_PREFIXES)
		return errmsg__set(why, -E2BIG, "%zu %s prefixes: at most %d are possible", count,
				   what, POLICY_MAX_MAX_PREFIXES);
	return errmsg__set(why, -E2BIG,
			   "%zu %s prefixes, with room for %u: a policy without interfaces can be "
			   "applied with more room: --max-prefixes=%zu",
			   count, what, build->max_prefixes, count);
}

static int check_size(const struct compiler *compiler)
{
	size_t ipv6_count = compiler->item_count - compiler->ipv4_count;

	if (compiler->ipv4_count > compiler->build->max_prefixes)
		return too_large(compiler->build, "IPv4", compiler->ipv4_count, compiler->why);
	if (ipv6_count > compiler->build->max_prefixes)
		return too_large(compiler->build, "IPv6", ipv6_count, compiler->why);
	return 0;
}

/* A ranges_combine_fn. */
static int combine_listing(void *context, __u32 outer, __u32 item)
{
	struct compiler *compiler = context;
	int number = decisions__combine(compiler->decisions, outer, &compiler->listings[item]);

	if (number == -E2BIG)
		return errmsg__set(compiler->why, number,
				   "prefixes overlap in more than %d combinations of rules, ends "
				   "and ports",
				   POLICY_DECISIONS - 1);
	if (number == -ENOSPC)
		return errmsg__set(compiler->why, number,
				   "more than %d 'protect' rules have a victim in common",
				   POLICY_VICTIM_PROTECTS);
	return number;
}

static bool has_action(const struct compiler *compiler, enum policy_action action)
{
	for (size_t i = 0; i < compiler->policy->protect_count; i++)
		if (compiler->image->protects[i].action == action)
			return true;
	return false;
}

static __u32 parts_of(const struct compiler *compiler)
{
	const struct policy *policy = compiler->policy;
	const struct timed_prefixes *timed = compiler->build->timed;
	bool lists = policy->management_count || policy->allow.count || policy->deny.count ||
		     (timed && timed->count);

	return (compiler->ipv4_count ? POLICY_HAS_IPV4 : 0) |
	       (compiler->item_count > compiler->ipv4_count ? POLICY_HAS_IPV6 : 0) |
	       (lists ? POLICY_HAS_LISTS : 0) | (policy->protect_count ? POLICY_HAS_PROTECTS : 0) |
	       (has_action(compiler, POLICY_ACTION_RESET) ? POLICY_HAS_RESETS : 0);
}

static void finish_image(struct compiler *compiler, const struct ranges *ranges)
{
	struct policy_header *header = &compiler->image->header;

	header->generation = compiler->build->generation;
	if (compiler->build->digest)
		memcpy(header->digest, compiler->build->digest, sizeof(header->digest));
	header->hz = compiler->build->hz;
	header->epoch_step = policy_epoch_step(header->hz);
	header->trust = (__u64)POLICY_DEFAULT_TRUST_S * header->hz;
	if (compiler->policy->answer_limit_pps)
		header->answer_period = ((__u64)header->hz << POLICY_TICK_BITS) /
					compiler->policy->answer_limit_pps;
	header->parts = parts_of(compiler);
	decisions__copy(compiler->decisions, compiler->image);
	compiler->image->ranges = ranges->header;
}

static int build_ranges(struct compiler *compiler, struct compiled_policy *ret)
{
	struct ranges ranges;
	int err = ranges__build(compiler->items, compiler->item_count, combine_listing, compiler,
				&ranges);

	if (err == -E2BIG && !compiler->why->text[0])
		return errmsg__set(compiler->why, err, "the prefixes need too large a search tree");
	if (err)
		return err;
	if (ranges.chunk_count > policy_chunks(compiler->build->max_prefixes)) {
		ranges__free(&ranges);
		return errmsg__set(compiler->why, -E2BIG,
				   "the prefixes need %u chunks of memory, with room for %u: "
				   "--max-prefixes gives more",
				   ranges.chunk_count,
				   policy_chunks(compiler->build->max_prefixes));
	}
	finish_image(compiler, &ranges);
	memcpy(ranges.chunks, compiler->image, sizeof(*compiler->image));
	*ret = (struct compiled_policy){
		.chunks = ranges.chunks,
		.chunk_count = ranges.chunk_count,
		.ipv4_prefixes = compiler->ipv4_count,
		.ipv6_prefixes = compiler->item_count - compiler->ipv4_count,
		.decisions = decisions__count(compiler->decisions),
	};
	return 0;
}

int policy__compile(const struct policy *policy, const struct policy_build *build,
		    struct policy_names *names, struct compiled_policy *ret, struct errmsg *why)
{
	struct errmsg reason = {};
	struct compiler compiler = {
		.policy = policy, .build = build, .names = *names, .why = &reason};
	int err = -ENOMEM;

	compiler.image = calloc(1, sizeof(*compiler.image));
	compiler.decisions = decisions__new();
	compiler.items = calloc(count_prefixes(policy, build) + 1, sizeof(*compiler.items));
	if (!compiler.image || !compiler.decisions || !compiler.items)
		goto out;
	err = add_rules(&compiler);
	if (err)
		goto out;
	err = check_size(&compiler);
	if (!err)
		err = build_ranges(&compiler, ret);
	if (!err)
		*names = compiler.names;
out:
	if (err && why)
		*why = reason;
	decisions__free(compiler.decisions);
	free(compiler.listings);
	free(compiler.items);
	free(compiler.image);
	return err;
}

void compiled_policy__free(struct compiled_policy *compiled)
{
	free(compiled->chunks);
	*compiled = (struct compiled_policy){};
}
