// SPDX-License-Identifier: GPL-2.0-only
// policy_pins: the directories in bpffs that keep the maps of policies, which interfaces share.
//
// A policy is /sys/fs/bpf/xdpctl/policies/ID. An interface is in a policy if the record of its
// attachment has that id.
#ifndef COMMON_ATTACH_POLICY_PINS_H
#define COMMON_ATTACH_POLICY_PINS_H

#include "common/attach/record.h"
#include "common/attach/registry.h"
#include "common/dataplane/policy_maps.h"

#define POLICY_PINS_PATH_BYTES 160

/** policy_pins__new_id() - an id that no other policy has. Return: @ret_id. */
const char *policy_pins__new_id(char ret_id[POLICY_ID_BYTES]);

/** policy_pins__path() - the directory of a policy. Return: @buf. */
const char *policy_pins__path(const char *id, char buf[POLICY_PINS_PATH_BYTES]);

/**
 * policy_pins__lock() - exclude others that change policies
 *
 * To be taken before registry__lock(), if both are needed. The registry must be open for writing.
 *
 * Return: a descriptor for lock__release(); or a negative errno with @why set.
 */
int policy_pins__lock(struct errmsg *why);

/**
 * policy_pins__create() - make and pin the maps of a policy, without any rule in them
 * @max_prefixes: of each family
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set and nothing pinned.
 */
int policy_pins__create(const char *id, __u32 max_prefixes, struct policy_maps **ret,
			struct errmsg *why);

/** policy_pins__open() - open the maps of a policy. Return: as above, -ENOENT if there is none. */
int policy_pins__open(const char *id, struct policy_maps **ret, struct errmsg *why);

/** policy_pins__remove() - remove a policy's pins; no program must use it. Return: as above. */
int policy_pins__remove(const char *id, struct errmsg *why);

/**
 * policy_pins__is_used() - see whether an attachment of any network namespace is in a policy
 *
 * Return: 1 if one is, or may be, else 0; or a negative errno with @why set.
 */
int policy_pins__is_used(const struct registry *registry, const char *id, struct errmsg *why);

/**
 * policy_pins__remove_unused() - remove the policies that no attachment of any namespace is in
 *
 * Commands that were killed, and detached interfaces, leave such ones. Policies and registry are
 * locked by the caller.
 *
 * Return: 0, or a negative errno with @why set.
 */
int policy_pins__remove_unused(const struct registry *registry, struct errmsg *why);

#endif
