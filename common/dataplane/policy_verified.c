// SPDX-License-Identifier: GPL-2.0-only
// policy_verified: which sources a policy trusts, as if they had proved their address.
#include "common/dataplane/policy_verified.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/abi/policy_lines.h"
#include "common/base/clock.h"
#include "common/dataplane/policy_maps.h"

/* A source's line, and its place in it. */
struct verified_place {
	int fd;
	__u32 number; /* of the line */
	__u32 tag;
	struct policy_line line;
};

static int read_place(const struct policy_maps *maps, const struct endpoint *source,
		      struct verified_place *ret, struct errmsg *why)
{
	const struct policy_config *config = policy_maps__config(maps);
	__u64 hash = limit__hash(config->seeds, source);
	int err;

	ret->fd = policy_maps__fd(maps, "verified");
	ret->number = hash__scale(hash, config->verified_lines);
	ret->tag = bucket__tag(hash);
	err = bpf_map_lookup_elem(ret->fd, &ret->number, &ret->line);
	return err ? errmsg__set(why, err, "reading the verified sources: %s", strerror(-err)) : 0;
}

int policy_maps__trust_at(const struct policy_maps *maps, const struct endpoint *source, __u64 now,
			  __u64 trust, struct errmsg *why)
{
	struct verified_place place;
	int err = read_place(maps, source, &place, why);

	if (err)
		return err;
	line__verify(&place.line, place.tag, now, trust);
	err = bpf_map_update_elem(place.fd, &place.number, &place.line, BPF_ANY);
	return err ? errmsg__set(why, err, "writing the verified sources: %s", strerror(-err)) : 0;
}

int policy_maps__trust(const struct policy_maps *maps, const struct endpoint *source, __u32 trust_s,
		       struct errmsg *why)
{
	struct policy_clock clock;
	int err = policy_clock__read(&clock, why);

	return err ? err
		   : policy_maps__trust_at(maps, source, clock.jiffies, (__u64)trust_s * clock.hz,
					   why);
}

int policy_maps__trusted_until(const struct policy_maps *maps, const struct endpoint *source,
			       __u64 *ret_ns, struct errmsg *why)
{
	struct verified_place place;
	struct policy_clock clock;
	__u64 left = 0;
	__u32 way;
	int err = policy_clock__read(&clock, why);

	if (!err)
		err = read_place(maps, source, &place, why);
	if (err)
		return err;
	way = line__find(&place.line, place.tag);
	if (way < POLICY_LINE_WAYS)
		left = trust_left(place.line.clocks[way], clock.jiffies);
	*ret_ns = left ? clock__wall_ns() + (left << POLICY_TRUST_BITS) * NS_PER_S / clock.hz : 0;
	return 0;
}
