// SPDX-License-Identifier: GPL-2.0-only
// policy_compile: a policy as the bytes that the XDP program searches (common/abi/policy.h).
#ifndef COMMON_POLICY_POLICY_COMPILE_H
#define COMMON_POLICY_POLICY_COMPILE_H

#include "common/abi/policy.h"
#include "common/policy/policy.h"
#include "common/policy/rule_names.h"
#include "common/policy/timed_prefixes.h"

/* What the bytes depend on besides the policy. */
struct policy_build {
	const struct timed_prefixes *timed; /* or NULL */
	__u32 max_prefixes;                 /* of each family */
	__u32 hz;                           /* jiffies a second */
	__u64 jiffies, wall_ns;             /* the same moment */
	__u64 generation;
	const __u8 *digest; /* POLICY_DIGEST_BYTES, or NULL */
};

struct compiled_policy {
	struct policy_chunk *chunks; /* owned; the first one is a struct policy_image */
	__u32 chunk_count;
	size_t ipv4_prefixes, ipv6_prefixes; /* victims included */
	__u32 decisions;                     /* different combinations of rules */
};

/**
 * policy__compile() - compile a policy
 * @names: rules that it does not have yet are added; unchanged after an error
 * @ret: to be freed by compiled_policy__free()
 *
 * Return: 0, or a negative errno with @why set: -E2BIG if it is too large, naming both numbers;
 * -EINVAL for a limit that the kernel's clock cannot measure.
 */
int policy__compile(const struct policy *policy, const struct policy_build *build,
		    struct policy_names *names, struct compiled_policy *ret, struct errmsg *why);

/** compiled_policy__free() - free the chunks. */
void compiled_policy__free(struct compiled_policy *compiled);

#endif
