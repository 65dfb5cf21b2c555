// SPDX-License-Identifier: GPL-2.0-only
// verifier_rules: the rule of the verifier that a program broke, explained to its author.
#ifndef CTL_INSPECT_VERIFIER_RULES_H
#define CTL_INSPECT_VERIFIER_RULES_H

struct rule {
	const char *name; /* an identifier: lower case, with dashes */
	const char *rule; /* what the verifier requires */
	const char *remedy;
};

/**
 * verifier_rules__explain() - find the rule behind a refusal
 * @complaint: the verifier's message, of one line or several
 *
 * Return: the rule, or NULL for an unknown message.
 */
const struct rule *verifier_rules__explain(const char *complaint);

#endif
