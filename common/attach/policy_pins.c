// SPDX-License-Identifier: GPL-2.0-only
// policy_pins: the directories in bpffs that keep the maps of policies, which interfaces share.
#include "common/attach/policy_pins.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/attach/bpffs.h"
#include "common/attach/lock.h"
#include "common/base/advice.h"

#define POLICIES_DIRECTORY BPFFS_PATH "/xdpctl/policies"
#define PIN_PATH_BYTES (POLICY_PINS_PATH_BYTES + NAME_MAX + 2)

const char *policy_pins__new_id(char ret_id[POLICY_ID_BYTES])
{
	char path[POLICY_PINS_PATH_BYTES];
	__u32 number = 0;

	do {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			number++;
		snprintf(ret_id, POLICY_ID_BYTES, "%08x", number);
	} while (!access(policy_pins__path(ret_id, path), F_OK));
	return ret_id;
}

const char *policy_pins__path(const char *id, char buf[POLICY_PINS_PATH_BYTES])
{
	snprintf(buf, POLICY_PINS_PATH_BYTES, POLICIES_DIRECTORY "/%s", id);
	return buf;
}

static int make_directory(const char *path, mode_t mode, struct errmsg *why)
{
	if (!mkdir(path, mode) || errno == EEXIST)
		return 0;
	return advice__set(why, ADVICE_MAKE_DIRECTORY, -errno, "%s: cannot create it", path);
}

int policy_pins__lock(struct errmsg *why)
{
	int err = make_directory(POLICIES_DIRECTORY, 0755, why);

	return err ? err : lock__directory(POLICIES_DIRECTORY, true, why);
}

int policy_pins__create(const char *id, __u32 max_prefixes, struct policy_maps **ret,
			struct errmsg *why)
{
	char directory[POLICY_PINS_PATH_BYTES];
	struct policy_names names = {};
	struct policy_maps *maps;
	int err;

	err = make_directory(policy_pins__path(id, directory), 0755, why);
	if (err)
		return err;
	err = policy_maps__create(max_prefixes, &maps, why);
	if (err)
		goto out;
	snprintf(names.id, sizeof(names.id), "%s", id);
	err = policy_maps__set_names(maps, &names, why);
	if (!err)
		err = policy_maps__pin(maps, directory, why);
	if (err)
		policy_maps__close(maps);
	else
		*ret = maps;
out:
	if (err)
		policy_pins__remove(id, NULL);
	return err;
}

int policy_pins__open(const char *id, struct policy_maps **ret, struct errmsg *why)
{
	char directory[POLICY_PINS_PATH_BYTES];

	return policy_maps__reopen(policy_pins__path(id, directory), ret, why);
}

int policy_pins__remove(const char *id, struct errmsg *why)
{
	char directory[POLICY_PINS_PATH_BYTES], path[PIN_PATH_BYTES];
	DIR *dir = opendir(policy_pins__path(id, directory));
	struct dirent *file;
	int err = 0;

	if (!dir)
		return errno == ENOENT ? 0
				       : advice__set(why, ADVICE_OPEN_DIRECTORY, -errno,
						     "%s: cannot open it", directory);
	while (!err && (file = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", directory, file->d_name);
		if (file->d_name[0] != '.' && unlink(path))
			err = advice__set(why, ADVICE_PIN, -errno, "%s: cannot unpin it", path);
	}
	closedir(dir);
	if (!err && rmdir(directory))
		err = advice__set(why, ADVICE_PIN, -errno, "%s: cannot remove it", directory);
	return err;
}

/* An attachment whose record cannot be read may be in any policy. */
static bool has_member(const char *id, const struct registry_entry *entries, size_t count)
{
	struct attachment_record record;

	for (size_t i = 0; i < count; i++)
		if (registry__record(&entries[i], &record, NULL) || !strcmp(record.policy, id))
			return true;
	return false;
}

int policy_pins__is_used(const struct registry *registry, const char *id, struct errmsg *why)
{
	struct registry_entry *entries;
	size_t count;
	int err = registry__entries(registry, &entries, &count, why);

	if (err)
		return err;
	err = has_member(id, entries, count);
	free(entries);
	return err;
}

int policy_pins__remove_unused(const struct registry *registry, struct errmsg *why)
{
	struct registry_entry *entries;
	struct dirent *file;
	size_t count;
	int err = 0;
	DIR *dir;

	err = registry__entries(registry, &entries, &count, why);
	if (err)
		return err;
	dir = opendir(POLICIES_DIRECTORY);
	while (!err && dir && (file = readdir(dir)))
		if (file->d_name[0] != '.' && strcmp(file->d_name, LOCK_NAME) &&
		    !has_member(file->d_name, entries, count))
			err = policy_pins__remove(file->d_name, why);
	if (dir)
		closedir(dir);
	free(entries);
	return err;
}
