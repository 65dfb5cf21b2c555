// SPDX-License-Identifier: GPL-2.0-only
// verifier_rules: which rule of the verifier a program broke, in words for its author.
#ifndef CTL_INSPECT_VERIFIER_RULES_H
#define CTL_INSPECT_VERIFIER_RULES_H

struct rule {
	const char *name; /* for programs: lower case, with dashes */
	const char *rule; /* what the verifier insists on */
	const char *remedy;
};

/**
 * verifier_rules__explain() - the rule behind a refusal
 * @complaint: the verifier's words, of one line or several
 *
 * Return: the rule, or NULL where none is known to say this.
 */
const struct rule *verifier_rules__explain(const char *complaint);

#endif
