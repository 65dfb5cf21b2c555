// SPDX-License-Identifier: GPL-2.0-only
// policy_text: a policy as JSON that can be read again.
#ifndef COMMON_POLICY_POLICY_TEXT_H
#define COMMON_POLICY_POLICY_TEXT_H

#include "common/abi/policy.h"
#include "common/policy/policy.h"

struct policy_text {
	char *text; /* owned; ends with a NUL byte, which @bytes leaves out */
	size_t bytes;
	__u8 digest[POLICY_DIGEST_BYTES]; /* SHA-256 of the text */
};

/**
 * policy_text__write() - write a policy with all its lists in place
 * @ret: policy__read() of the text reads the same rules; freed by policy_text__free()
 *
 * Return: 0 or -ENOMEM.
 */
int policy_text__write(const struct policy *policy, struct policy_text *ret);

/** policy_text__free() - free the text. */
void policy_text__free(struct policy_text *text);

#endif
