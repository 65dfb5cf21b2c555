// SPDX-License-Identifier: GPL-2.0-only
// web: TLS and users as the web configuration file has them, and whether that has changed.
#include "ctl/export/web.h"

#include <errno.h>
#include <sys/stat.h>

static struct web_stamp stamp_of(const char *path)
{
	struct stat file;

	/* Others can be read once. */
	if (!path || stat(path, &file) || !S_ISREG(file.st_mode))
		return (struct web_stamp){};
	return (struct web_stamp){file.st_mtim, file.st_size, file.st_ino};
}

static void stamp(const struct web *web, struct web_stamp stamps[WEB_FILES])
{
	const char *const paths[WEB_FILES] = {web->path, web->config.cert_file,
					      web->config.key_file, web->config.client_ca_file};

	for (int i = 0; i < WEB_FILES; i++)
		stamps[i] = stamp_of(paths[i]);
}

int web__load(const char *path, struct web *ret, struct errmsg *why)
{
	struct web_stamp before = stamp_of(path);
	int err;

	*ret = (struct web){.path = path};
	if (!path)
		return 0;
	err = web_config__load(path, &ret->config, why);
	stamp(ret, ret->stamps);
	ret->stamps[0] = before; /* it may have changed while it was read */
	if (err)
		return errmsg__prefix(why, err, "--web-config: ");
	err = tls__load(&ret->config, &ret->tls, why);
	if (!err && ret->config.users_count) {
		ret->passwords = passwords__new(ret->config.users, ret->config.users_count);
		err = ret->passwords ? 0 : -ENOMEM;
	}
	return err ? errmsg__prefix(why, err, "--web-config: ") : 0;
}

bool web__has_changed(const struct web *web)
{
	struct web_stamp stamps[WEB_FILES];

	if (!web->path)
		return false;
	stamp(web, stamps);
	for (int i = 0; i < WEB_FILES; i++)
		if (stamps[i].modified.tv_sec != web->stamps[i].modified.tv_sec ||
		    stamps[i].modified.tv_nsec != web->stamps[i].modified.tv_nsec ||
		    stamps[i].bytes != web->stamps[i].bytes ||
		    stamps[i].inode != web->stamps[i].inode)
			return true;
	return false;
}

void web__free(struct web *web)
{
	passwords__free(web->passwords);
	tls__free(&web->tls);
	web_config__free(&web->config);
	*web = (struct web){};
}
