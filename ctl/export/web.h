// SPDX-License-Identifier: GPL-2.0-only
// web: TLS and users as the web configuration file has them, and whether that has changed.
#ifndef CTL_EXPORT_WEB_H
#define CTL_EXPORT_WEB_H

#include <stdbool.h>
#include <time.h>

#include "ctl/export/passwords.h"
#include "ctl/export/tls.h"
#include "ctl/export/web_config.h"

#define WEB_FILES 4

/* A version of a file. */
struct web_stamp {
	struct timespec modified;
	long long bytes;
	unsigned long long inode;
};

struct web {
	const char *path; /* NULL: neither TLS nor users */
	struct web_config config;
	struct tls tls;
	struct passwords *passwords; /* NULL: everybody is served */
	struct web_stamp stamps[WEB_FILES];
};

/**
 * web__load() - read the file and those that it names
 * @path: must outlive it; NULL: neither TLS nor users
 *
 * Return: 0, or a negative errno with @why set. *@ret is to be freed by web__free() in any case;
 * after a failure it can be asked by web__has_changed() whether trying again is worth it.
 */
int web__load(const char *path, struct web *ret, struct errmsg *why);

/** web__has_changed() - true if a file is not as it was when it was read. */
bool web__has_changed(const struct web *web);

/** web__free() - free what it holds. */
void web__free(struct web *web);

#endif
