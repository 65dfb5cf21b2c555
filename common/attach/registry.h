// SPDX-License-Identifier: GPL-2.0-only
// registry: the directory of a bpffs that remembers what is attached, between commands.
//
// Each attachment is a directory of pins, /sys/fs/bpf/xdpctl/NETNS-IFINDEX: the program, its maps,
// a note (struct attachment), and a token that the kernel empties when the interface goes away.
// NETNS is the inode of the network namespace, so that interfaces of the same index in different
// namespaces do not collide. A change is staged beside it, in
// new-NETNS-IFINDEX, and put in place by renaming; what it replaces goes away by way of
// old-NETNS-IFINDEX. A command that is killed therefore leaves whole directories, and which of
// them counts is decided by asking the interface which program it runs.
#ifndef COMMON_ATTACH_REGISTRY_H
#define COMMON_ATTACH_REGISTRY_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"

#define STATE_PATH_BYTES 128

enum handshakes_state {
	HANDSHAKES_OFF,     /* not asked for */
	HANDSHAKES_VICTIMS, /* their SYN-ACKs, FINs and RSTs, but not completed connections */
	HANDSHAKES_ON,
};

/* The note beside the pins. A map value: a change of its layout raises ABI_LAYOUT. */
struct attachment {
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

enum state_kind { STATE_CURRENT, STATE_NEW, STATE_OLD };

struct state_entry {
	enum state_kind kind;
	__u64 netns; /* inode */
	__u32 ifindex;
};

enum state_access {
	STATE_READ,  /* shared lock; a missing directory is an empty one */
	STATE_WRITE, /* exclusive lock; bpffs is mounted and the directory made where missing */
};

struct state;

/**
 * state__open() - open and lock the state directory, for the calling thread's network namespace
 *
 * Waits while another command holds the lock.
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int state__open(enum state_access access, struct state **ret, struct errmsg *why);

/** state__close() - unlock and free; NULL is fine. */
void state__close(struct state *state);

/** state__netns() - the inode of the namespace that the state was opened for. */
__u64 state__netns(const struct state *state);

/**
 * state__entries() - every directory of pins, of all namespaces
 *
 * Return: 0 with *@ret to be freed with free(3), or a negative errno with @why set.
 */
int state__entries(const struct state *state, struct state_entry **ret, size_t *ret_count,
		   struct errmsg *why);

/** state__path() - where an entry's pins are; written to @buf, which it returns. */
const char *state__path(const struct state_entry *entry, char buf[STATE_PATH_BYTES]);

/**
 * state__stage() - make the directory of an entry, with its note, for pins to be added
 *
 * Return: 0, or a negative errno with @why set.
 */
int state__stage(const struct state_entry *entry, const struct attachment *note,
		 struct errmsg *why);

/** state__note() - read an entry's note. Return: 0, or a negative errno with @why set. */
int state__note(const struct state_entry *entry, struct attachment *ret, struct errmsg *why);

/**
 * state__interface_is_gone() - has the interface of an entry been deleted, in whichever namespace?
 *
 * Neither its index nor the inode of its namespace would tell: the kernel uses both again.
 */
bool state__interface_is_gone(const struct state_entry *entry);

/**
 * state__rename() - turn an entry into one of another kind, in one step; nothing must be there
 *
 * Return: 0, or a negative errno with @why set.
 */
int state__rename(const struct state_entry *entry, enum state_kind kind, struct errmsg *why);

/** state__remove() - unpin all of an entry. Return: 0, or a negative errno with @why set. */
int state__remove(const struct state_entry *entry, struct errmsg *why);

#endif
