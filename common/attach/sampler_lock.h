// SPDX-License-Identifier: GPL-2.0-only
// sampler_lock: the lock that the one process holds for which an interface's program takes samples.
//
// It is a directory, /sys/fs/bpf/xdpctl/samplers/NETNS-IFINDEX, which goes with its owner, unless
// that is killed.
#ifndef COMMON_ATTACH_SAMPLER_LOCK_H
#define COMMON_ATTACH_SAMPLER_LOCK_H

#include <stdbool.h>

#include "common/attach/registry.h"

/**
 * sampler_lock__take() - become an interface's sampler
 * @interface: its name, for messages
 *
 * Return: a descriptor, with which the lock is held until sampler_lock__release(); or a negative
 * errno with @why set: -EBUSY if another process holds it, naming that.
 */
int sampler_lock__take(const struct registry_entry *entry, const char *interface,
		       struct errmsg *why);

/** sampler_lock__release() - give it up. */
void sampler_lock__release(const struct registry_entry *entry, int lock);

/** sampler_lock__is_held() - true if a process samples the interface, maybe this one. */
bool sampler_lock__is_held(const struct registry_entry *entry);

/** sampler_lock__forget() - remove what a killed sampler has left. */
void sampler_lock__forget(const struct registry_entry *entry);

#endif
