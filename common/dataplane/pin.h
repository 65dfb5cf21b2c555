// SPDX-License-Identifier: GPL-2.0-only
// pin: one pin in a directory of a bpffs: made with a mode, opened again, checked.
#ifndef COMMON_DATAPLANE_PIN_H
#define COMMON_DATAPLANE_PIN_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "common/base/errmsg.h"

/*
 * The kernel creates pins for the owner only. Maps are opened up to the directory's group: if the
 * registry's directory has the setgid bit, members of its group read them without any capability.
 * PIN_MAPPED includes writing, because the kernel does not map a map that was opened read-only;
 * what is never mapped is PIN_READ. Seeds and policies remain private: with them, the sender of
 * spoofed SYNs could target a set, or a reader could disarm a policy.
 */
#define PIN_PRIVATE (S_IRUSR | S_IWUSR)
#define PIN_READ (PIN_PRIVATE | S_IRGRP)
#define PIN_MAPPED (PIN_READ | S_IWGRP)

/* A map of the object: the name of its pin, and its name in the object. */
struct backend_map {
	const char *pin;
	const char *name;
	__u32 type; /* enum bpf_map_type */
	__u32 key_bytes;
	__u32 value_bytes;
	mode_t mode; /* 0: PIN_MAPPED. Readers do without what is PIN_PRIVATE */
	bool of_samples;
};

/** pin__mode() - the permissions of a map's pin. */
mode_t pin__mode(const struct backend_map *map);

/** pin__make() - pin a map or program. Return: 0, or a negative errno with @why set. */
int pin__make(int fd, mode_t mode, const char *directory, const char *name, struct errmsg *why);

/**
 * pin__open() - open a pin
 * @flags: BPF_F_RDONLY or 0
 *
 * Return: a file descriptor owned by the caller, or a negative errno with @why set.
 */
int pin__open(const char *directory, const char *name, __u32 flags, struct errmsg *why);

/**
 * pin__check() - compare the type and sizes of a map that was opened with those that it must have
 *
 * Anyone that may write to the directory may have made a pin.
 *
 * Return: 0, or a negative errno with @why set: -EPROTO if they differ.
 */
int pin__check(int fd, const struct backend_map *want, __u64 entries, struct errmsg *why);

/**
 * pin__read() - open the pin of a map of one element, and read that
 *
 * Return: a file descriptor owned by the caller, or a negative errno with @why set.
 */
int pin__read(const char *directory, const struct backend_map *map, void *ret, struct errmsg *why);

/**
 * pin__open_map() - open a map as its mode permits, and check its sizes
 * @ret_fd: a descriptor owned by the caller, also after a failed check; -1: no permission to open
 *	    what is private
 *
 * Who may only read what is readable gets a descriptor for reading.
 *
 * Return: 0, or a negative errno with @why set.
 */
int pin__open_map(const char *directory, const struct backend_map *map, __u64 entries, int *ret_fd,
		  struct errmsg *why);

#endif
