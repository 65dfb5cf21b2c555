// SPDX-License-Identifier: GPL-2.0-only
// commit: put a loaded program onto an interface and its pins into the registry.
#ifndef COMMON_ATTACH_COMMIT_H
#define COMMON_ATTACH_COMMIT_H

#include <linux/types.h>

#include "common/attach/attachment.h"
#include "common/attach/request.h"
#include "common/dataplane/dataplane.h"

/**
 * commit__set_link_layer() - configure the program for how the interface's frames start
 *
 * Return: 0 with config->raw_ip set, or a negative errno with @why set: no program can count there.
 */
int commit__set_link_layer(const char *interface, __u32 ifindex, struct dataplane_config *config,
			   struct errmsg *why);

/**
 * commit__load() - load the program for an interface, or for a component of its dispatcher
 * @interface: its name, for the message
 * @loader: NULL: nothing is loaded ahead
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int commit__load(const char *interface, __u32 ifindex, enum attach_mode mode,
		 const struct dataplane_config *config, struct loader *loader,
		 struct dataplane **ret, struct errmsg *why);

/**
 * commit__keep_place() - load the next program for where the present one runs
 * @record: of the next program; behind_dispatcher and priority are set
 * @config: its target, whose descriptor the caller closes, and its link layer are set
 *
 * Return: 0, or a negative errno with @why set.
 */
int commit__keep_place(const struct attachment *attachment, struct attachment_record *record,
		       struct dataplane_config *config, struct errmsg *why);

/**
 * commit__run() - stage the pins of a program, let the interface run it, and keep the pins
 * @record: of the program; what is known only now is filled in
 * @current: the entry to create or to replace
 * @fresh: the program
 * @old_fd: the program to replace, or -1
 * @report: its mode says where to attach; it is filled in
 *
 * Return: 0, or a negative errno with @why set; the interface is unchanged then.
 */
int commit__run(struct attachment_record *record, const struct registry_entry *current,
		const struct dataplane *fresh, int old_fd, struct attach_report *report,
		struct errmsg *why);

/**
 * commit__set_program() - change what the interface runs: the commit point
 * @record: says which interface, and whether the program is a component of a dispatcher
 * @program_fd: -1 detaches
 * @expected_fd: the program to replace, or -1
 *
 * Return: 0, or a negative errno with @why set.
 */
int commit__set_program(const struct attachment_record *record, enum attach_mode mode,
			int program_fd, int expected_fd, struct errmsg *why);

#endif
