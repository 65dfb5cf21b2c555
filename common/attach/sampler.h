// SPDX-License-Identifier: GPL-2.0-only
// sampler: the one process for which the program of an interface takes samples.
//
// It holds a lock as long as it lives, /sys/fs/bpf/xdpctl/samplers/NETNS-IFINDEX. It puts the
// sampling program in place and takes it away again; once it is dead, any upgrade does.
#ifndef COMMON_ATTACH_SAMPLER_H
#define COMMON_ATTACH_SAMPLER_H

#include "common/attach/attachment.h"

/**
 * sampler__start() - become an interface's sampler, and let its program sample
 * @attachment: found while the registry is locked, after attachment__recover_interface()
 * @ret_lock: a descriptor to be given to sampler__stop()
 *
 * The counts, the policy and the handshakes are kept. If the interface is sampled already, the
 * samples that nobody has read are lost.
 *
 * Return: 0, or a negative errno with @why set: -EBUSY if another process samples it, naming that.
 */
int sampler__start(const struct attachment *attachment, int *ret_lock, struct errmsg *why);

/**
 * sampler__restart() - let the program sample again, after something else has taken its place
 * @attachment: as above
 *
 * Return: as above.
 */
int sampler__restart(const struct attachment *attachment, struct errmsg *why);

/**
 * sampler__stop() - end it: the program of before takes the place of the sampling one
 * @attachment: as above; NULL: the interface is gone, or has no program of ours
 *
 * Return: 0, or a negative errno with @why set.
 */
int sampler__stop(const struct registry_entry *entry, const struct attachment *attachment, int lock,
		  struct errmsg *why);

#endif
