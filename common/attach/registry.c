// SPDX-License-Identifier: GPL-2.0-only
// registry: the directory in bpffs that remembers attachments between commands.
#include "common/attach/registry.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/abi/abi.h"
#include "common/attach/bpffs.h"
#include "common/attach/lock.h"
#include "common/base/advice.h"
#include "common/base/privileges.h"

#define REGISTRY_DIRECTORY BPFFS_PATH "/xdpctl"
#define TOKEN_PIN "interface"
#define PIN_PATH_BYTES (REGISTRY_PATH_BYTES + NAME_MAX + 2)

struct registry {
	int directory_fd; /* -1: there is none, and so no entry */
	int lock_fd;      /* -1: not locked */
	bool lock_timed_out;
	uid_t other_owner;    /* 0: it belongs to root or the caller */
	bool mounted;         /* bpffs, by this process */
	struct errmsg hidden; /* why the directory cannot be seen, or empty */
	__u64 netns;
};

/* bpffs refuses dots in names, hence the dashes. */
static const char *const kind_prefixes[] = {
	[REGISTRY_CURRENT] = "",
	[REGISTRY_STAGED] = "new-",
	[REGISTRY_REPLACED] = "old-",
};

/*
 * Pins in a directory that others can write to may be forged. Root may still look at another user's
 * registry and detach what it names, but with that user's rights to files: no path in it leads root
 * anywhere else.
 */
static int check_owner(int fd, enum registry_access access, uid_t *ret_other, struct errmsg *why)
{
	struct stat directory;
	bool others_write;

	if (fstat(fd, &directory))
		return errmsg__set(why, -errno, REGISTRY_DIRECTORY ": %s", strerror(errno));
	others_write = directory.st_mode & (S_IWGRP | S_IWOTH);
	if (!others_write && (!directory.st_uid || directory.st_uid == geteuid()))
		return 0;
	if (!others_write && access != REGISTRY_WRITE && !geteuid() &&
	    !privileges__act_as_owner(directory.st_uid, directory.st_gid)) {
		*ret_other = directory.st_uid;
		return 0;
	}
	return errmsg__set(why, -EPERM,
			   REGISTRY_DIRECTORY
			   ": belongs to user %u, with mode %o: it must belong to "
			   "root or you, and be writable by its owner only",
			   directory.st_uid, directory.st_mode & 07777);
}

static int open_directory(enum registry_access access, struct registry *registry,
			  struct errmsg *why)
{
	int err, fd;

	err = access == REGISTRY_WRITE ? bpffs__mount(why) : bpffs__check(why);
	if (err < 0)
		return err;
	registry->mounted = err > 0;
	if (access == REGISTRY_WRITE && mkdir(REGISTRY_DIRECTORY, 0755) && errno != EEXIST)
		return advice__set(why, ADVICE_MAKE_DIRECTORY, -errno,
				   REGISTRY_DIRECTORY ": cannot create it");
	fd = open(REGISTRY_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return advice__set(why, ADVICE_OPEN_DIRECTORY, -errno,
				   REGISTRY_DIRECTORY ": cannot open it");
	err = check_owner(fd, access, &registry->other_owner, why);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int registry__open(enum registry_access access, struct registry **ret, struct errmsg *why)
{
	struct registry *registry = calloc(1, sizeof(*registry));
	struct stat netns;
	int err = -ENOMEM;

	if (!registry)
		return err;
	registry->directory_fd = registry->lock_fd = -1;
	if (stat("/proc/self/ns/net", &netns)) {
		err = errmsg__set(why, -errno, "/proc/self/ns/net: %s", strerror(errno));
		goto failed;
	}
	registry->netns = netns.st_ino;
	err = open_directory(access, registry, why);
	if (err >= 0)
		registry->directory_fd = err;
	else if (access != REGISTRY_WRITE && err == -ENODEV)
		registry->hidden = why ? *why : (struct errmsg){};
	else if (access == REGISTRY_WRITE || err != -ENOENT)
		goto failed;
	*ret = registry;
	return 0;
failed:
	registry__close(registry);
	return err;
}

uid_t registry__other_owner(const struct registry *registry)
{
	return registry->other_owner;
}

void registry__close(struct registry *registry)
{
	if (!registry)
		return;
	registry__unlock(registry);
	if (registry->directory_fd >= 0)
		close(registry->directory_fd);
	free(registry);
}

int registry__lock(struct registry *registry, struct errmsg *why)
{
	int fd;

	if (registry->directory_fd < 0)
		return 0;
	fd = lock__directory(REGISTRY_DIRECTORY, !registry->lock_timed_out, why);
	registry->lock_timed_out |= fd == -ETIMEDOUT;
	if (fd < 0)
		return fd;
	registry->lock_fd = fd;
	return 0;
}

void registry__unlock(struct registry *registry)
{
	lock__release(registry->lock_fd);
	registry->lock_fd = -1;
}

__u64 registry__netns(const struct registry *registry)
{
	return registry->netns;
}

static bool parse_name(const char *name, struct registry_entry *ret)
{
	int end = 0;

	ret->kind = REGISTRY_CURRENT;
	for (int kind = REGISTRY_STAGED; kind <= REGISTRY_REPLACED; kind++) {
		size_t length = strlen(kind_prefixes[kind]);

		if (strncmp(name, kind_prefixes[kind], length))
			continue;
		ret->kind = kind;
		name += length;
	}
	return sscanf(name, "%llu-%u%n", &ret->netns, &ret->ifindex, &end) == 2 && !name[end];
}

int registry__entries(const struct registry *registry, struct registry_entry **ret,
		      size_t *ret_count, struct errmsg *why)
{
	struct registry_entry *entries = NULL, *grown, entry;
	struct dirent *file;
	size_t count = 0;
	int err = 0;
	DIR *dir;

	if (registry->directory_fd < 0)
		goto done;
	dir = opendir(REGISTRY_DIRECTORY);
	if (!dir)
		return errmsg__set(why, -errno, REGISTRY_DIRECTORY ": cannot read it: %s",
				   strerror(errno));
	while (!err && (file = readdir(dir))) {
		if (!parse_name(file->d_name, &entry))
			continue;
		grown = reallocarray(entries, count + 1, sizeof(*grown));
		if (!grown) {
			err = -ENOMEM;
			break;
		}
		entries = grown;
		entry.inode = file->d_ino;
		entries[count++] = entry;
	}
	closedir(dir);
	if (err) {
		free(entries);
		return err;
	}
done:
	*ret = entries;
	*ret_count = count;
	return 0;
}

const char *registry__path(const struct registry_entry *entry, char buf[REGISTRY_PATH_BYTES])
{
	snprintf(buf, REGISTRY_PATH_BYTES, REGISTRY_DIRECTORY "/%s%llu-%u",
		 kind_prefixes[entry->kind], entry->netns, entry->ifindex);
	return buf;
}

static __u64 entry_inode(const struct registry_entry *entry)
{
	char directory[REGISTRY_PATH_BYTES];
	struct stat found;

	return stat(registry__path(entry, directory), &found) ? 0 : found.st_ino;
}

bool registry__find(struct registry_entry *entry)
{
	entry->inode = entry_inode(entry);
	return entry->inode;
}

bool registry__is_unchanged(const struct registry_entry *entry)
{
	return entry_inode(entry) == entry->inode;
}

static const char *registry_pin_path(const struct registry_entry *entry, const char *name,
				     char buf[PIN_PATH_BYTES])
{
	char directory[REGISTRY_PATH_BYTES];

	snprintf(buf, PIN_PATH_BYTES, "%s/%s", registry__path(entry, directory), name);
	return buf;
}

/* Only pins survive a command, so a value is kept in a pinned map. */
static int pin_value(const struct registry_entry *entry, const char *name, enum bpf_map_type type,
		     const void *value, __u32 value_bytes, int program_fd, struct errmsg *why)
{
	char path[PIN_PATH_BYTES];
	__u32 zero = 0;
	int err = 0, fd;

	registry_pin_path(entry, name, path);
	fd = bpf_map_create(type, name, sizeof(zero), value_bytes, 1, NULL);
	if (fd < 0 || bpf_map_update_elem(fd, &zero, value, BPF_ANY) || bpf_obj_pin(fd, path) ||
	    chmod(path, S_IRUSR | S_IWUSR | S_IRGRP))
		err = advice__set(why, ADVICE_PIN, -errno, "%s: cannot pin it", path);
	if (!err && program_fd >= 0)
		bpf_prog_bind_map(program_fd, fd, NULL);
	if (fd >= 0)
		close(fd);
	return err;
}

/* The kernel removes an unregistered device from every device map. */
static int pin_token(const struct registry_entry *entry, struct errmsg *why)
{
	return pin_value(entry, TOKEN_PIN, BPF_MAP_TYPE_DEVMAP, &entry->ifindex,
			 sizeof(entry->ifindex), -1, why);
}

int registry__stage(struct registry_entry *entry, const struct attachment_record *record,
		    int program_fd, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES];
	int err;

	if (mkdir(registry__path(entry, directory), 0755))
		return advice__set(why, ADVICE_MAKE_DIRECTORY, -errno, "%s: cannot create it",
				   directory);
	registry__find(entry);
	err = pin_token(entry, why);
	return err
		       ?: pin_value(entry, REGISTRY_RECORD, BPF_MAP_TYPE_ARRAY, record,
				    sizeof(*record), program_fd, why);
}

int registry__renew(const struct registry_entry *entry, const char *interface, struct errmsg *why)
{
	struct attachment_record record;
	char path[PIN_PATH_BYTES];
	__u32 zero = 0;
	int err, fd;

	if (unlink(registry_pin_path(entry, TOKEN_PIN, path)) && errno != ENOENT)
		return errmsg__set(why, -errno, "%s: cannot unpin it: %s", path, strerror(errno));
	err = pin_token(entry, why);
	if (err || registry__record(entry, &record, NULL))
		return err;
	record.ifindex = entry->ifindex;
	snprintf(record.interface, sizeof(record.interface), "%s", interface);
	fd = bpf_obj_get(registry_pin_path(entry, REGISTRY_RECORD, path));
	if (fd < 0 || bpf_map_update_elem(fd, &zero, &record, BPF_ANY))
		err = errmsg__set(why, -errno, "%s: cannot write it: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

/* Read-only, which is all that a reader without privileges may ask for. */
static int registry_open_pin(const struct registry_entry *entry, const char *name,
			     char path[PIN_PATH_BYTES])
{
	LIBBPF_OPTS(bpf_obj_get_opts, options, .file_flags = BPF_F_RDONLY);

	return bpf_obj_get_opts(registry_pin_path(entry, name, path), &options);
}

bool registry__interface_is_gone(const struct registry_entry *entry)
{
	char path[PIN_PATH_BYTES];
	int fd = registry_open_pin(entry, TOKEN_PIN, path);
	__u32 zero = 0, ifindex;
	bool gone;

	if (fd < 0)
		return false;
	gone = bpf_map_lookup_elem(fd, &zero, &ifindex) && errno == ENOENT;
	close(fd);
	return gone;
}

int registry__record(const struct registry_entry *entry, struct attachment_record *ret,
		     struct errmsg *why)
{
	__u32 zero = 0, info_bytes = sizeof(struct bpf_map_info);
	char directory[REGISTRY_PATH_BYTES], path[PIN_PATH_BYTES];
	struct bpf_map_info info = {};
	int err = 0, fd;

	fd = registry_open_pin(entry, REGISTRY_RECORD, path);
	if (fd < 0)
		return advice__set(why, ADVICE_OPEN_PIN, -errno, "%s: cannot open the pin", path);
	if (bpf_obj_get_info_by_fd(fd, &info, &info_bytes))
		err = -errno;
	else if (info.value_size != sizeof(*ret))
		err = -EPROTO;
	else if (bpf_map_lookup_elem(fd, &zero, ret))
		err = -errno;
	if (!err && ret->layout != ABI_LAYOUT)
		err = -EPROTO;
	close(fd);
	if (err == -EPROTO)
		return errmsg__set(why, err,
				   "%s: pinned by another version of xdpctl, whose layout differs: "
				   "'xdpctl attach --reset' replaces it and restarts "
				   "counting, 'xdpctl detach' removes it",
				   registry__path(entry, directory));
	return err ? errmsg__set(why, err, "%s: cannot read the record: %s", path, strerror(-err))
		   : 0;
}

int registry__rename(const struct registry_entry *entry, enum registry_kind kind,
		     struct errmsg *why)
{
	struct registry_entry to = *entry;
	char from_path[REGISTRY_PATH_BYTES], to_path[REGISTRY_PATH_BYTES];

	to.kind = kind;
	if (!rename(registry__path(entry, from_path), registry__path(&to, to_path)))
		return 0;
	return errmsg__set(why, -errno, "%s: cannot rename it to %s: %s", from_path, to_path,
			   strerror(errno));
}

int registry__move(struct registry_entry *entry, __u64 netns, __u32 ifindex, struct errmsg *why)
{
	struct registry_entry to = *entry;
	char from_path[REGISTRY_PATH_BYTES], to_path[REGISTRY_PATH_BYTES];

	to.netns = netns;
	to.ifindex = ifindex;
	if (rename(registry__path(entry, from_path), registry__path(&to, to_path)))
		return errmsg__set(why, -errno, "%s: cannot rename it to %s: %s", from_path,
				   to_path, strerror(errno));
	*entry = to;
	return 0;
}

bool registry__mounted(const struct registry *registry)
{
	return registry->mounted;
}

const char *registry__hidden(const struct registry *registry)
{
	return registry->hidden.text;
}

int registry__remove(const struct registry_entry *entry, struct errmsg *why)
{
	char directory[REGISTRY_PATH_BYTES], path[PIN_PATH_BYTES];
	struct dirent *file;
	DIR *dir;
	int err = 0;

	dir = opendir(registry__path(entry, directory));
	if (!dir)
		return advice__set(why, ADVICE_OPEN_DIRECTORY, -errno, "%s: cannot open it",
				   directory);
	while (!err && (file = readdir(dir))) {
		if (file->d_name[0] == '.')
			continue;
		if (unlink(registry_pin_path(entry, file->d_name, path)))
			err = advice__set(why, ADVICE_PIN, -errno, "%s: cannot unpin it", path);
	}
	closedir(dir);
	if (!err && rmdir(directory))
		err = advice__set(why, ADVICE_PIN, -errno, "%s: cannot remove it", directory);
	return err;
}
