// SPDX-License-Identifier: GPL-2.0-only
// registry: the directory of a bpffs that remembers what is attached, between commands.
//
// Each attachment is a directory of pins, /sys/fs/bpf/xdpctl/NETNS-IFINDEX: the program, its maps,
// a note (struct attachment_record), and a token that the kernel empties when the interface goes
// away. NETNS is the inode of the network namespace, so that interfaces of the same index in
// different namespaces do not collide. A change is staged beside it, in new-NETNS-IFINDEX, and put
// in place by renaming; what it replaces goes away by way of old-NETNS-IFINDEX. A command that is
// killed therefore leaves whole directories, and which of them counts is decided by asking the
// interface which program it runs.
#ifndef COMMON_ATTACH_REGISTRY_H
#define COMMON_ATTACH_REGISTRY_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"

#define REGISTRY_PATH_BYTES 128

enum handshakes_state {
	HANDSHAKES_OFF,     /* not asked for */
	HANDSHAKES_VICTIMS, /* their SYN-ACKs, FINs and RSTs, but not completed connections */
	HANDSHAKES_ON,
};

/* The note beside the pins. A map value: a change of its layout raises ABI_LAYOUT. */
struct attachment_record {
	__u32 layout; /* ABI_LAYOUT of who wrote it; stays the first field for ever */
	__u32 ifindex;
	__u32 mode_asked; /* enum attach_mode */
	__u32 max_sources;
	__u64 memory_bytes;   /* what its maps take */
	__u64 attached_at_ns; /* since 1970, UTC */
	__u32 program_id;
	__u32 behind_dispatcher;     /* or alone, as the interface's only program */
	__u32 priority;              /* behind a dispatcher: the lowest runs first */
	__u32 handshakes;            /* enum handshakes_state */
	char alone_because[128];     /* why not behind a dispatcher, or empty */
	char handshakes_remark[256]; /* why in part, or of what more than the interface; or empty */
	char interface[IFNAMSIZ];    /* its name at that time */
};

enum registry_kind { REGISTRY_CURRENT, REGISTRY_STAGED, REGISTRY_REPLACED };

struct registry_entry {
	enum registry_kind kind;
	__u64 netns; /* inode */
	__u32 ifindex;
};

enum registry_access {
	REGISTRY_READ,  /* shared lock; a missing directory is an empty one */
	REGISTRY_WRITE, /* exclusive lock; bpffs is mounted and the directory made where missing */
};

struct registry;

/**
 * registry__open() - open and lock the state directory, for the calling thread's network namespace
 *
 * Waits while another command holds the lock.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int registry__open(enum registry_access access, struct registry **ret, struct errmsg *why);

/** registry__close() - unlock and free; NULL is fine. */
void registry__close(struct registry *registry);

/** registry__netns() - the inode of the namespace that the state was opened for. */
__u64 registry__netns(const struct registry *registry);

/**
 * registry__entries() - every directory of pins, of all namespaces
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno with @why set.
 */
int registry__entries(const struct registry *registry, struct registry_entry **ret,
		      size_t *ret_count, struct errmsg *why);

/** registry__path() - where an entry's pins are; written to @buf, which it returns. */
const char *registry__path(const struct registry_entry *entry, char buf[REGISTRY_PATH_BYTES]);

/**
 * registry__stage() - make the directory of an entry, with its note, for pins to be added
 *
 * Return: 0, or a negative errno with @why set.
 */
int registry__stage(const struct registry_entry *entry, const struct attachment_record *record,
		    struct errmsg *why);

/** registry__record() - read an entry's note. Return: 0, or a negative errno with @why set. */
int registry__record(const struct registry_entry *entry, struct attachment_record *ret,
		     struct errmsg *why);

/**
 * registry__interface_is_gone() - has the interface of an entry been deleted, in whichever
 * namespace?
 *
 * Neither its index nor the inode of its namespace would tell: the kernel uses both again.
 */
bool registry__interface_is_gone(const struct registry_entry *entry);

/**
 * registry__rename() - turn an entry into one of another kind, in one step; nothing must be there
 *
 * Return: 0, or a negative errno with @why set.
 */
int registry__rename(const struct registry_entry *entry, enum registry_kind kind,
		     struct errmsg *why);

/** registry__remove() - unpin all of an entry. Return: 0, or a negative errno with @why set. */
int registry__remove(const struct registry_entry *entry, struct errmsg *why);

#endif
