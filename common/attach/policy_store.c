// SPDX-License-Identifier: GPL-2.0-only
// policy_store: what is kept of policies on disk, below /var/lib/xdpctl/policy.
#include "common/attach/policy_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/number.h"
#include "common/base/output_file.h"
#include "common/base/sha256.h"
#include "common/base/yaml.h"

#define STORE_PARENT "/var/lib/xdpctl"
#define STORE_DIRECTORY STORE_PARENT "/policy"
#define TIMED_FILE "by_hand.json"
#define MEMBERS_FILE "interfaces.json"
#define MEMBERS_MAX_BYTES 65536
#define STORE_MODE (S_IRUSR | S_IWUSR)

static const char *const slot_files[] = {
	[POLICY_CANDIDATE] = "candidate.json", [POLICY_CONFIRMED] = "confirmed.json"};

bool policy_members__has(const struct policy_members *members, const char *interface)
{
	for (size_t i = 0; i < members->count; i++)
		if (!strcmp(members->interfaces[i], interface))
			return true;
	return false;
}

static const char *store_path(const char *id, const char *file, char buf[PATH_MAX])
{
	snprintf(buf, PATH_MAX, STORE_DIRECTORY "/%s%s%s", id, file[0] ? "/" : "", file);
	return buf;
}

static int make_store(const char *id, struct errmsg *why)
{
	char directory[PATH_MAX];
	const char *const paths[] = {STORE_PARENT, STORE_DIRECTORY, store_path(id, "", directory)};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (mkdir(paths[i], i ? S_IRWXU : 0755) && errno != EEXIST)
			return errmsg__set(why, -errno, "%s: cannot create it: %s", paths[i],
					   strerror(errno));
	return 0;
}

/* A name that was given or taken away lasts only once its directory is on the disk. */
static int sync_store(const char *id, struct errmsg *why)
{
	char directory[PATH_MAX];
	int err = 0, fd = open(store_path(id, "", directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		err = errmsg__set(why, -errno, "%s: cannot write it to the disk: %s", directory,
				  strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

static int store_file(const char *id, const char *file,
		      void (*print)(FILE *out, const void *context), const void *context,
		      struct errmsg *why)
{
	char path[PATH_MAX];
	int err;

	err = make_store(id, why);
	if (err)
		return err;
	err = output_file__write_synced(store_path(id, file, path), STORE_MODE, print, context,
					why);
	return err ? err : sync_store(id, why);
}

static void print_text(FILE *out, const void *context)
{
	const struct policy_text *text = context;

	fwrite(text->text, 1, text->bytes, out);
}

int policy_store__write(const char *id, enum policy_slot slot, const struct policy_text *text,
			struct errmsg *why)
{
	return store_file(id, slot_files[slot], print_text, text, why);
}

int policy_store__text(const char *id, enum policy_slot slot, struct policy_text *ret,
		       struct errmsg *why)
{
	struct policy_text text = {};
	char path[PATH_MAX];
	struct stat status;
	int err = -ENOMEM;
	FILE *in = fopen(store_path(id, slot_files[slot], path), "re");

	if (!in)
		return errmsg__set(why, -errno, "%s: cannot open: %s", path, strerror(errno));
	if (!fstat(fileno(in), &status))
		text.text = calloc(1, status.st_size + 1);
	if (text.text && fread(text.text, 1, status.st_size, in) == (size_t)status.st_size) {
		text.bytes = status.st_size;
		sha256(text.text, text.bytes, text.digest);
		err = 0;
	}
	fclose(in);
	if (err) {
		policy_text__free(&text);
		return errmsg__set(why, -EIO, "%s: cannot read it", path);
	}
	*ret = text;
	return 0;
}

int policy_store__digest(const char *id, enum policy_slot slot, __u8 *ret_digest,
			 struct errmsg *why)
{
	struct policy_text text;
	int err = policy_store__text(id, slot, &text, why);

	if (err)
		return err;
	memcpy(ret_digest, text.digest, sizeof(text.digest));
	policy_text__free(&text);
	return 0;
}

int policy_store__read(const char *id, enum policy_slot slot, struct policy *ret, __u8 *ret_digest,
		       struct errmsg *why)
{
	char path[PATH_MAX];
	int err = policy_store__digest(id, slot, ret_digest, why);

	return err ? err : policy__read(store_path(id, slot_files[slot], path), ret, why);
}

int policy_store__confirm(const char *id, struct errmsg *why)
{
	char from[PATH_MAX], to[PATH_MAX];

	store_path(id, slot_files[POLICY_CANDIDATE], from);
	store_path(id, slot_files[POLICY_CONFIRMED], to);
	if (rename(from, to))
		return errmsg__set(why, -errno, "%s: cannot rename it to %s: %s", from, to,
				   strerror(errno));
	return sync_store(id, why);
}

int policy_store__drop_candidate(const char *id, struct errmsg *why)
{
	char path[PATH_MAX];

	if (!unlink(store_path(id, slot_files[POLICY_CANDIDATE], path)) || errno == ENOENT)
		return 0;
	return errmsg__set(why, -errno, "%s: cannot remove it: %s", path, strerror(errno));
}

int policy_store__timed(const char *id, struct timed_prefixes *ret, struct errmsg *why)
{
	char path[PATH_MAX];

	return timed_prefixes__read(store_path(id, TIMED_FILE, path), ret, why);
}

int policy_store__save_timed(const char *id, const struct timed_prefixes *timed, struct errmsg *why)
{
	return store_file(id, TIMED_FILE, timed_prefixes__print, timed, why);
}

static void print_string(FILE *out, const void *text)
{
	fprintf(out, "%s\n", (const char *)text);
}

/* Return: JSON to be freed by free(3), or NULL without memory. */
static char *members_text(const struct policy_members *members)
{
	json_t *interfaces = json_array(), *document;
	char *text;

	for (size_t i = 0; i < members->count; i++)
		json_array_append_new(interfaces, json_string(members->interfaces[i]));
	document = json_pack("{s:I, s:s, s:o}", "max_prefixes", (json_int_t)members->max_prefixes,
			     "netns", members->in_host_netns ? "host" : "other", "interfaces",
			     interfaces);
	text = json_dumps(document, 0);
	json_decref(document);
	return text;
}

int policy_store__save_members(const char *id, const struct policy_members *members,
			       struct errmsg *why)
{
	char *text = members_text(members);
	int err = text ? store_file(id, MEMBERS_FILE, print_string, text, why) : -ENOMEM;

	free(text);
	return err;
}

static int parse_max_prefixes(const char *what, const char *text, void *ret, struct errmsg *why)
{
	__u64 number;
	int err = number__u64(what, text, 1, POLICY_MAX_MAX_PREFIXES, &number, why);

	if (!err)
		*(__u32 *)ret = number;
	return err;
}

static int parse_netns(const char *what, const char *text, void *ret, struct errmsg *why)
{
	static const char *const words[] = {"other", "host", NULL};
	int word, err = number__choice(what, text, words, &word, why);

	if (!err)
		*(bool *)ret = word;
	return err;
}

static int take_member(struct yaml_value item, void *context, struct errmsg *why)
{
	struct policy_members *members = context;
	const char *name;
	int err = yaml__text(item, &name, why);

	if (err)
		return err;
	if (members->count == POLICY_MAX_INTERFACES || strlen(name) >= IFNAMSIZ)
		return yaml__error(item, why, "too many interfaces, or a name that is too long");
	strcpy(members->interfaces[members->count++], name);
	return 0;
}

static int take_members(struct yaml_value value, void *context, struct errmsg *why)
{
	return yaml__each_item(value, take_member, context, why);
}

int policy_store__members(const char *id, struct policy_members *ret, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"max_prefixes", .parse = parse_max_prefixes,
		 .offset = offsetof(struct policy_members, max_prefixes)},
		{"netns", .parse = parse_netns,
		 .offset = offsetof(struct policy_members, in_host_netns)},
		{"interfaces", .take = take_members},
		{}};
	struct yaml_file *file;
	char path[PATH_MAX];
	int err;

	*ret = (struct policy_members){};
	err = yaml__open(store_path(id, MEMBERS_FILE, path), MEMBERS_MAX_BYTES, &file, why);
	if (err)
		return err;
	err = yaml__take_keys(yaml__root(file), keys, ret, why);
	yaml__close(file);
	return err;
}

int policy_store__remove(const char *id, struct errmsg *why)
{
	char directory[PATH_MAX], path[PATH_MAX];
	DIR *dir = opendir(store_path(id, "", directory));
	struct dirent *file;
	int err = 0;

	if (!dir)
		return errno == ENOENT ? 0
				       : errmsg__set(why, -errno, "%s: cannot open it: %s",
						     directory, strerror(errno));
	while (!err && (file = readdir(dir)))
		if (file->d_name[0] != '.' && unlink(store_path(id, file->d_name, path)))
			err = errmsg__set(why, -errno, "%s: cannot remove it: %s", path,
					  strerror(errno));
	closedir(dir);
	if (!err && rmdir(directory))
		err = errmsg__set(why, -errno, "%s: cannot remove it: %s", directory,
				  strerror(errno));
	return err;
}

int policy_store__each(int (*visit)(void *context, const char *id, struct errmsg *why),
		       void *context, struct errmsg *why)
{
	DIR *dir = opendir(STORE_DIRECTORY);
	struct dirent *file;
	int err = 0;

	if (!dir)
		return errno == ENOENT
			       ? 0
			       : errmsg__set(why, -errno, STORE_DIRECTORY ": cannot open it: %s",
					     strerror(errno));
	while (!err && (file = readdir(dir)))
		if (file->d_name[0] != '.' && strlen(file->d_name) < POLICY_ID_BYTES)
			err = visit(context, file->d_name, why);
	closedir(dir);
	return err;
}
