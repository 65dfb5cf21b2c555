// SPDX-License-Identifier: GPL-2.0-only
// prog_info: what the kernel reports about a loaded program and its maps.
#ifndef COMMON_BPF_PROG_INFO_H
#define COMMON_BPF_PROG_INFO_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"

struct bpf_object;

struct prog_map {
	__u32 id;
	__u32 type; /* enum bpf_map_type */
	char name[BPF_OBJ_NAME_LEN];
	__u32 key_bytes;
	__u32 value_bytes;
	__u32 max_entries;
	__u64 memory_bytes; /* before Linux 6.4 an estimate from its sizes */
};

/* Fields that the kernel does not report, for its age or for lack of privileges, are 0. */
struct prog_info {
	__u32 id;
	__u32 type; /* enum bpf_prog_type */
	char name[BPF_OBJ_NAME_LEN];
	char tag[2 * BPF_TAG_SIZE + 1]; /* hexadecimal */
	__u64 loaded_ns;                /* since boot */
	__u32 owner;                    /* uid of the loader */
	bool gpl;
	__u32 functions;
	__u32 instructions; /* after verification */
	__u32 machine_bytes;
	__u32 processed; /* by the verifier (Linux 5.16) */
	__u64 memory_bytes;
	__u64 runs; /* counted while BPF run-time statistics are enabled */
	__u64 run_ns;
	__u64 missed_runs; /* skipped: the CPU was already running it */
	struct prog_map *maps;
	size_t map_count;
};

/* Identifies a loaded program. */
struct program_identity {
	__u32 id;
	char name[BPF_OBJ_NAME_LEN];
	char tag[2 * BPF_TAG_SIZE + 1]; /* hexadecimal */
};

/** program_identity__read() - ask the kernel for it. Return: 0 or a negative errno. */
int program_identity__read(int program_fd, struct program_identity *ret);

/** program_identity__id() - the program's id; 0 if it cannot be read. */
__u32 program_identity__id(int program_fd);

/**
 * prog_info__read() - read what the kernel reports about a program
 * @object: that the program was loaded from, or NULL: its maps are then opened by id, which needs
 *	    CAP_SYS_ADMIN
 *
 * Return: 0 with *@ret to be freed by prog_info__free(), or a negative errno with @why set.
 */
int prog_info__read(int program_fd, const struct bpf_object *object, struct prog_info *ret,
		    struct errmsg *why);

/** prog_info__free() - an empty one is fine. */
void prog_info__free(struct prog_info *info);

/** prog_info__open() - a program by its id. Return: a file descriptor, or an error with @why set.
 */
int prog_info__open(__u32 id, struct errmsg *why);

/** prog_info__find_map() - one of a program's maps by its name, or NULL. */
const struct prog_map *prog_info__find_map(const struct prog_info *info, const char *name);

/**
 * prog_info__open_map() - open one of a program's maps by its name
 *
 * Return: a file descriptor owned by the caller; -ENOENT if it has no such map; or a negative
 * errno.
 */
int prog_info__open_map(const struct prog_info *info, const char *name);

#endif
