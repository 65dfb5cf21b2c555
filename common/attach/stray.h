// SPDX-License-Identifier: GPL-2.0-only
// stray: programs of ours that an interface runs without pins for it in this registry.
//
// The pins were removed, or are in another bpffs, or the interface was moved here from the network
// namespace under which they are filed.
#ifndef COMMON_ATTACH_STRAY_H
#define COMMON_ATTACH_STRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/attach/attachment_info.h"

/**
 * stray__find() - look for a program of ours on an interface
 * @attachment: its ifindex and interface are given; the rest is set if there is one
 *
 * Programs can be recognized with CAP_SYS_ADMIN only.
 *
 * Return: true if there is one.
 */
bool stray__find(const struct registry *registry, struct attachment *attachment);

/**
 * stray__unidentified() - whether an interface runs a program that the caller may not identify
 *
 * Return: 0 if not, or -EPERM with @why set to what that takes.
 */
int stray__unidentified(int ifindex, struct errmsg *why);

/**
 * stray__each_unidentified() - name the interfaces of which that holds, besides those in a list
 * @list: what is attached
 * @note: gets the interface and what it takes to identify its program
 *
 * Links are only dumped if the caller may not identify programs.
 *
 * Return: 0 or a negative errno.
 */
int stray__each_unidentified(const struct attachment *list, size_t count,
			     void (*note)(void *opaque, const char *interface, const char *why),
			     void *opaque);

/**
 * stray__add() - add those of this network namespace to a list of attachments
 * @entries: of the registry
 *
 * Links are only dumped if more programs of ours are loaded than the list and the entries of other
 * namespaces explain.
 *
 * Return: 0 or a negative errno; the list remains the caller's.
 */
int stray__add(const struct registry *registry, const struct registry_entry *entries,
	       size_t entry_count, struct attachment **list, size_t *count);

#endif
