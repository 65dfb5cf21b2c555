// SPDX-License-Identifier: GPL-2.0-only
// web_config: the file that sets TLS and users, as Prometheus' exporters share it.
#include "ctl/export/web_config.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/yaml.h"

#define WEB_CONFIG_MAX_BYTES (64 * 1024)
#define MAX_COST 14 /* each step doubles the time of a check; 14 is about a second */

enum client_auth { CLIENT_AUTH_NONE, CLIENT_AUTH_VERIFY };

/* While the file is read. */
struct reading {
	struct web_config *config;
	const char *path;
};

/* Names are relative to the directory of the file. */
static int take_file(struct yaml_value value, const struct reading *reading, char ret[PATH_MAX],
		     struct errmsg *why)
{
	char copy[PATH_MAX];
	const char *name;
	int err = yaml__text(value, &name, why);
	int bytes;

	if (err)
		return err;
	snprintf(copy, sizeof(copy), "%s", reading->path);
	if (!name[0] || name[0] == '/')
		bytes = snprintf(ret, PATH_MAX, "%s", name);
	else
		bytes = snprintf(ret, PATH_MAX, "%s/%s", dirname(copy), name);
	return bytes < PATH_MAX ? 0 : yaml__error(value, why, "the name of the file is too long");
}

static int take_cert_file(struct yaml_value value, void *context, struct errmsg *why)
{
	const struct reading *reading = context;

	return take_file(value, reading, reading->config->cert_file, why);
}

static int take_key_file(struct yaml_value value, void *context, struct errmsg *why)
{
	const struct reading *reading = context;

	return take_file(value, reading, reading->config->key_file, why);
}

static int take_client_ca_file(struct yaml_value value, void *context, struct errmsg *why)
{
	const struct reading *reading = context;

	return take_file(value, reading, reading->config->client_ca_file, why);
}

static int take_choice(struct yaml_value value, const char *what, const char *const *words,
		       int *ret, struct errmsg *why)
{
	struct errmsg reason = {};
	const char *text;
	int err = yaml__text(value, &text, why);

	if (err)
		return err;
	err = number__choice(what, text, words, ret, &reason);
	return err ? yaml__error(value, why, "%s", reason.text) : 0;
}

static int take_client_auth(struct yaml_value value, void *context, struct errmsg *why)
{
	static const char *const words[] = {"NoClientCert", "RequireAndVerifyClientCert", NULL};
	const struct reading *reading = context;

	return take_choice(value, "client_auth_type", words, &reading->config->client_auth, why);
}

static const char *const versions[] = {"TLS10", "TLS11", "TLS12", "TLS13", NULL};

static int take_min_version(struct yaml_value value, void *context, struct errmsg *why)
{
	const struct reading *reading = context;

	return take_choice(value, "min_version", versions, &reading->config->min_version, why);
}

static int take_max_version(struct yaml_value value, void *context, struct errmsg *why)
{
	const struct reading *reading = context;

	return take_choice(value, "max_version", versions, &reading->config->max_version, why);
}

static int check_tls(struct yaml_value value, const struct web_config *config, struct errmsg *why)
{
	if (!config->cert_file[0] || !config->key_file[0])
		return yaml__error(value, why, "TLS needs both cert_file and key_file");
	if (config->client_auth == CLIENT_AUTH_VERIFY && !config->client_ca_file[0])
		return yaml__error(value, why, "RequireAndVerifyClientCert needs client_ca_file");
	if (config->client_auth == CLIENT_AUTH_NONE && config->client_ca_file[0])
		return yaml__error(value, why,
				   "client_ca_file needs client_auth_type: "
				   "RequireAndVerifyClientCert");
	if (config->min_version > config->max_version)
		return yaml__error(value, why, "min_version is above max_version");
	return 0;
}

static int take_tls(struct yaml_value value, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"cert_file", take_cert_file},
		{"key_file", take_key_file},
		{"client_ca_file", take_client_ca_file},
		{"client_auth_type", take_client_auth},
		{"min_version", take_min_version},
		{"max_version", take_max_version},
		{},
	};
	const struct reading *reading = context;
	int err = yaml__take_keys(value, keys, context, why);

	return err ?: check_tls(value, reading->config, why);
}

/* "$2y$10$..." with a cost that one thread can afford. */
static int check_hash(struct yaml_value value, const char *name, const char *hash,
		      struct errmsg *why)
{
	bool is_bcrypt = strlen(hash) == WEB_HASH_BYTES && !strncmp(hash, "$2", 2) &&
			 strchr("aby", hash[2]) && hash[3] == '$' &&
			 isdigit((unsigned char)hash[4]) && isdigit((unsigned char)hash[5]) &&
			 hash[6] == '$';
	int cost = is_bcrypt ? atoi(hash + 4) : 0;

	if (!is_bcrypt)
		return yaml__error(value, why,
				   "the password of '%s' is no bcrypt hash: "
				   "'htpasswd -nBC 10 %s' makes one",
				   name, name);
	if (cost > MAX_COST)
		return yaml__error(value, why,
				   "the bcrypt cost of '%s' is %d: use at most %d, because each "
				   "check delays all clients",
				   name, cost, MAX_COST);
	return 0;
}

static int take_user(struct yaml_value key, struct yaml_value value, void *context,
		     struct errmsg *why)
{
	const struct reading *reading = context;
	struct web_config *config = reading->config;
	const char *name, *hash;
	struct web_user *user;
	int err;

	err = yaml__text(key, &name, why);
	if (!err)
		err = yaml__text(value, &hash, why);
	if (err)
		return err;
	if (!name[0] || strchr(name, ':') || strlen(name) >= sizeof(user->name))
		return yaml__error(key, why, "'%s' is no name of a user", name);
	for (size_t i = 0; i < config->users_count; i++)
		if (!strcmp(config->users[i].name, name))
			return yaml__error(key, why, "'%s' is given twice", name);
	err = check_hash(value, name, hash, why);
	if (err)
		return err;
	if (config->users_count == WEB_MAX_USERS)
		return yaml__error(key, why, "more than %d users", WEB_MAX_USERS);
	user = &config->users[config->users_count++];
	snprintf(user->name, sizeof(user->name), "%s", name);
	snprintf(user->hash, sizeof(user->hash), "%s", hash);
	return 0;
}

static int take_users(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each(value, take_user, context, why);
}

int web_config__load(const char *path, struct web_config *ret, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"tls_server_config", take_tls},
		{"basic_auth_users", take_users},
		{},
	};
	struct reading reading = {.config = ret, .path = path};
	struct yaml_file *file;
	int err;

	*ret = (struct web_config){.min_version = WEB_TLS_1_2, .max_version = WEB_TLS_1_3};
	ret->users = calloc(WEB_MAX_USERS, sizeof(*ret->users));
	if (!ret->users)
		return -ENOMEM;
	err = yaml__open(path, WEB_CONFIG_MAX_BYTES, &file, why);
	if (err)
		goto out;
	err = yaml__take_keys(yaml__root(file), keys, &reading, why);
	yaml__close(file);
out:
	if (err)
		web_config__free(ret);
	return err;
}

void web_config__free(struct web_config *config)
{
	free(config->users);
	*config = (struct web_config){};
}
