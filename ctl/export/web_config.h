// SPDX-License-Identifier: GPL-2.0-only
// web_config: the file that sets TLS and users, as Prometheus' exporters share it.
#ifndef CTL_EXPORT_WEB_CONFIG_H
#define CTL_EXPORT_WEB_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"

/* TLS versions that can be asked for, from old to new. */
enum web_tls_version { WEB_TLS_1_0, WEB_TLS_1_1, WEB_TLS_1_2, WEB_TLS_1_3 };

#define WEB_MAX_USERS 64

#define WEB_HASH_BYTES 60 /* "$2y$10$" and 53 characters */

struct web_user {
	char name[256];
	char hash[WEB_HASH_BYTES + 1]; /* bcrypt, as crypt(3) has it */
};

struct web_config {
	char cert_file[PATH_MAX]; /* "": no TLS */
	char key_file[PATH_MAX];
	char client_ca_file[PATH_MAX]; /* "": clients need no certificate */
	int client_auth;               /* what clients have to show, while the file is read */
	int min_version, max_version;
	struct web_user *users; /* room for WEB_MAX_USERS */
	size_t users_count;     /* 0: everybody is served */
};

/**
 * web_config__load() - read and check the file; the files that it names are not opened
 *
 * Their relative names are taken from the directory of @path.
 *
 * Return: 0 with *@ret to be freed by web_config__free(), or a negative errno with @why set.
 */
int web_config__load(const char *path, struct web_config *ret, struct errmsg *why);

/** web_config__free() - free what it holds. */
void web_config__free(struct web_config *config);

#endif
