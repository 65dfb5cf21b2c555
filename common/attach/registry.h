// SPDX-License-Identifier: GPL-2.0-only
// registry: the directory in bpffs that remembers attachments between commands.
//
// Each attachment is a directory of pins, /sys/fs/bpf/xdpctl/NETNS-IFINDEX: the program, its maps,
// a record (struct attachment_record), and a token that the kernel empties when the interface is
// unregistered. NETNS is the inode of the network namespace, because namespaces number their
// interfaces independently. A change is staged in new-NETNS-IFINDEX and committed by renaming; what
// it replaces is removed by way of old-NETNS-IFINDEX. A killed command therefore leaves complete
// directories, and the program that the interface runs decides which of them is valid.
#ifndef COMMON_ATTACH_REGISTRY_H
#define COMMON_ATTACH_REGISTRY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/attach/record.h"
#include "common/base/errmsg.h"

#define REGISTRY_PATH_BYTES 128

enum registry_kind { REGISTRY_CURRENT, REGISTRY_STAGED, REGISTRY_REPLACED };

struct registry_entry {
	enum registry_kind kind;
	__u64 netns; /* inode */
	__u32 ifindex;
	__u64 inode; /* of its directory when it was found: another one has replaced it since; 0:
			none */
};

enum registry_access {
	REGISTRY_READ,   /* a missing or hidden directory is an empty one */
	REGISTRY_WRITE,  /* mounts bpffs and creates the directory where missing */
	REGISTRY_REMOVE, /* as to read; root may remove what is in another user's registry */
};

struct registry;

/**
 * registry__open() - open the registry, for the calling thread's network namespace
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int registry__open(enum registry_access access, struct registry **ret, struct errmsg *why);

/** registry__other_owner() - the user that the registry belongs to, if neither root nor the caller;
 * or 0 */
uid_t registry__other_owner(const struct registry *registry);

/** registry__close() - unlock and free; NULL is fine. */
void registry__close(struct registry *registry);

/**
 * registry__lock() - exclude other writers; readers take no lock, they notice changes instead
 *
 * Not to be held while anything is printed or a person is waited for. After one wait that ended
 * with -ETIMEDOUT, further calls do not wait.
 *
 * Return: 0, or a negative errno with @why set: -ETIMEDOUT names the process that holds the lock.
 */
int registry__lock(struct registry *registry, struct errmsg *why);

/** registry__unlock() - to be called after registry__lock(), also where that failed. */
void registry__unlock(struct registry *registry);

/** registry__netns() - the inode of the network namespace that it was opened for. */
__u64 registry__netns(const struct registry *registry);

/**
 * registry__entries() - list the directories of pins, of all namespaces
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno with @why set.
 */
int registry__entries(const struct registry *registry, struct registry_entry **ret,
		      size_t *ret_count, struct errmsg *why);

/** registry__find() - look for an entry by its name; its inode is set. Return: true if it exists.
 */
bool registry__find(struct registry_entry *entry);

/** registry__is_unchanged() - true if an entry is still what was found, or still missing. */
bool registry__is_unchanged(const struct registry_entry *entry);

/** registry__path() - the path of an entry's directory. Return: @buf. */
const char *registry__path(const struct registry_entry *entry, char buf[REGISTRY_PATH_BYTES]);

/**
 * registry__stage() - create the directory of an entry, with its record and its token
 * @entry: its inode is set
 * @program_fd: the record is bound to this program, so that it can be found without pins; or -1
 *
 * Return: 0, or a negative errno with @why set.
 */
int registry__stage(struct registry_entry *entry, const struct attachment_record *record,
		    int program_fd, struct errmsg *why);

/**
 * registry__record() - read an entry's record
 *
 * Return: 0, or a negative errno with @why set: -EPROTO for a layout of another version.
 */
int registry__record(const struct registry_entry *entry, struct attachment_record *ret,
		     struct errmsg *why);

/**
 * registry__interface_is_gone() - true if the interface has been unregistered since it was attached
 *
 * The token decides: the kernel reuses both the index and the inode of a namespace.
 */
bool registry__interface_is_gone(const struct registry_entry *entry);

/**
 * registry__rename() - change the kind of an entry, in one step; none of that kind may exist
 *
 * Return: 0, or a negative errno with @why set.
 */
int registry__rename(const struct registry_entry *entry, enum registry_kind kind,
		     struct errmsg *why);

/**
 * registry__move() - rename an entry after its interface, which is in another network namespace now
 * @entry: the new namespace and index are set
 *
 * Return: 0, or a negative errno with @why set.
 */
int registry__move(struct registry_entry *entry, __u64 netns, __u32 ifindex, struct errmsg *why);

/**
 * registry__renew() - write the token of an entry again, and its record's interface
 *
 * To be called in the network namespace of the entry.
 *
 * Return: 0, or a negative errno with @why set.
 */
int registry__renew(const struct registry_entry *entry, const char *interface, struct errmsg *why);

/** registry__mounted() - true if bpffs was not mounted when it was opened, and is now. */
bool registry__mounted(const struct registry *registry);

/** registry__hidden() - why pins cannot be seen here, or an empty text. */
const char *registry__hidden(const struct registry *registry);

/** registry__remove() - remove an entry and its pins. Return: 0, or a negative errno with @why set.
 */
int registry__remove(const struct registry_entry *entry, struct errmsg *why);

#endif
