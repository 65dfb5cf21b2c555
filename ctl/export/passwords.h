// SPDX-License-Identifier: GPL-2.0-only
// passwords: HTTP's basic authentication against bcrypt hashes.
#ifndef CTL_EXPORT_PASSWORDS_H
#define CTL_EXPORT_PASSWORDS_H

#include <stddef.h>

#include "ctl/export/web_config.h"

struct passwords;

enum passwords_verdict {
	PASSWORD_RIGHT,
	PASSWORD_WRONG, /* or none */
	PASSWORD_LATER, /* there were too many wrong ones: it has not been checked */
};

/**
 * passwords__new() - nothing has been checked yet
 * @users: must outlive it; at least one
 *
 * Return: to be freed by passwords__free(), or NULL without memory or random numbers.
 */
struct passwords *passwords__new(const struct web_user *users, size_t count);

/**
 * passwords__check() - check the credentials of a request
 * @authorization: the value of the Authorization field; NULL: none
 *
 * bcrypt is slow by design, so that results are remembered, and wrong passwords are limited to
 * about one a second after the first few.
 */
enum passwords_verdict passwords__check(struct passwords *passwords, const char *authorization);

/** passwords__free() - free; NULL is fine. */
void passwords__free(struct passwords *passwords);

#endif
