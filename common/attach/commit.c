// SPDX-License-Identifier: GPL-2.0-only
// commit: put a loaded program onto an interface and its pins into the registry.
//
// The order of every change: stage all pins of the new program, change the interface (the commit
// point; handshakes follow at once), rename the pins. Killed anywhere in between, the interface
// runs a program whose pins exist, under whichever name; attachment__recover() renames them.
#include "common/attach/commit.h"

#include <errno.h>
#include <stdio.h>

#include "common/abi/abi.h"
#include "common/attach/answers.h"
#include "common/bpf/libbpf_log.h"
#include "common/dataplane/handshakes.h"
#include "common/netdev/link_layer.h"

int commit__set_link_layer(const char *interface, __u32 ifindex, struct dataplane_config *config,
			   struct errmsg *why)
{
	enum link_layer layer;
	int err;

	err = link_layer__read(interface, ifindex, &layer, why);
	config->raw_ip = !err && layer == LINK_LAYER_IP;
	return err;
}

int commit__load(const char *interface, __u32 ifindex, enum attach_mode mode,
		 const struct dataplane_config *config, struct loader *loader,
		 struct dataplane **ret, struct errmsg *why)
{
	struct dataplane_config complete = *config;
	struct answers_obstacle obstacle;
	int err;

	if (mode == ATTACH_OFFLOAD) {
		if (config->pairs)
			return errmsg__set(why, -EOPNOTSUPP,
					   "%s: attach offload: not with --handshakes: the device "
					   "sees no connections",
					   interface);
		if (config->raw_ip)
			return errmsg__set(why, -EOPNOTSUPP,
					   "%s: attach offload: its frames have no Ethernet "
					   "headers: use -m native or -m generic",
					   interface);
		complete.kind = DATAPLANE_DEVICE;
		complete.device_ifindex = ifindex;
	}
	libbpf_log__clear();
	err = loader__load(loader, &complete, ret, why);
	if (err)
		goto out;
	if (config->policy)
		err = answers__allow(interface, mode, *ret, &obstacle, why);
	if (err)
		dataplane__close(*ret);
out:
	return err ? errmsg__prefix(why, err, "%s: attach %s: ", interface, attach_mode_names[mode])
		   : 0;
}

int commit__keep_place(const struct attachment *attachment, struct attachment_record *record,
		       struct dataplane_config *config, struct errmsg *why)
{
	const struct dispatcher_component *component =
		dispatcher__find(&attachment->dispatcher, attachment->program.id);
	struct errmsg reason;
	int err;

	err = commit__set_link_layer(attachment->interface, attachment->entry.ifindex, config, why);
	if (err)
		return err;
	config->target_function = dispatcher_function;
	record->behind_dispatcher = attachment->dispatcher.id != 0;
	if (!record->behind_dispatcher)
		return 0;
	record->priority = component ? component->priority : record->priority;
	config->target_fd = dispatcher__target(&reason);
	if (config->target_fd >= 0)
		return 0;
	return errmsg__set(why, config->target_fd, "%s: it runs behind a dispatcher, but %s",
			   attachment->interface, reason.text);
}

int commit__set_program(const struct attachment_record *record, enum attach_mode mode,
			int program_fd, int expected_fd, struct errmsg *why)
{
	if (record->behind_dispatcher)
		return dispatcher__set(record->interface, record->ifindex, mode, program_fd,
				       expected_fd, record->priority, why);
	return xdp_hook__set(record->interface, record->ifindex, mode, program_fd, expected_fd,
			     why);
}

/* With auto: natively, else generically, unless the refusal has nothing to do with the mode. */
static int change_interface(const struct attachment_record *record, int program_fd, int expected_fd,
			    struct attach_report *report, struct errmsg *why)
{
	bool may_fall_back = report->mode == ATTACH_AUTO;
	int err;

	if (may_fall_back)
		report->mode = ATTACH_NATIVE;
	err = commit__set_program(record, report->mode, program_fd, expected_fd, why);
	if (!err || !may_fall_back || err == -EBUSY || err == -EEXIST || err == -EPERM)
		return err;
	snprintf(report->refusal, sizeof(report->refusal), "%s", why->text);
	report->mode = ATTACH_GENERIC;
	return commit__set_program(record, report->mode, program_fd, expected_fd, why);
}

/* Best effort: without handshake counting everything else still works, and the record says why. */
static struct handshakes *start_handshakes(struct attachment_record *record,
					   const struct registry_entry *current,
					   const struct dataplane *fresh)
{
	char directory[REGISTRY_PATH_BYTES];
	struct handshakes_request request = {
		.dataplane = fresh,
		.netns = current->netns,
		.ifindex = current->ifindex,
		.previous = registry__path(current, directory),
	};
	struct handshakes *handshakes = NULL;
	struct errmsg reason = {};
	const char *remark = reason.text;

	if (record->handshakes == HANDSHAKES_OFF)
		return NULL;
	record->handshakes = HANDSHAKES_VICTIMS;
	if (!handshakes__start(&request, &handshakes, &reason)) {
		record->handshakes = HANDSHAKES_ON;
		remark = handshakes__scope(handshakes);
	}
	snprintf(record->handshakes_remark, sizeof(record->handshakes_remark), "%.*s",
		 (int)sizeof(record->handshakes_remark) - 1, remark);
	return handshakes;
}

static int refuse_change(const struct attachment_record *record, struct errmsg *why)
{
	return errmsg__set(why, -ECANCELED,
			   "%s: another command has changed it meanwhile: see 'xdpctl status'",
			   record->interface);
}

/* Pins the program; the last thing before the commit point is to compare the entries. */
static int commit_stage(struct attachment_record *record, struct registry_entry *staged,
			const struct dataplane *fresh, const struct registry_entry *current,
			struct errmsg *why)
{
	struct handshakes *handshakes = start_handshakes(record, current, fresh);
	char directory[REGISTRY_PATH_BYTES];
	int err;

	record->layout = ABI_LAYOUT;
	record->program_id = program_identity__id(dataplane__program_fd(fresh));
	record->max_sources = dataplane__max_sources(fresh);
	record->memory_bytes = dataplane__memory_bytes(fresh);
	if (!record->program_id) {
		err = errmsg__set(why, -EIO, "%s: cannot identify the program", record->interface);
		goto out;
	}
	err = registry__stage(staged, record, dataplane__program_fd(fresh), why);
	if (err)
		goto out;
	err = dataplane__pin(fresh, registry__path(staged, directory), why);
	if (!err)
		err = handshakes__pin(handshakes, directory, why);
	if (!registry__is_unchanged(current) || !registry__is_unchanged(staged))
		err = refuse_change(record, why);
out:
	handshakes__close(handshakes);
	return err;
}

static bool may_run(const struct attachment_record *record)
{
	struct attachment fresh = {
		.ifindex = record->ifindex,
		.record = *record,
		.program.id = record->program_id,
	};

	return attachment__locate(&fresh, NULL) || fresh.mode != ATTACH_NONE;
}

/* The new pins take the place of the old ones, which are removed. */
static int commit_pins(const struct registry_entry *staged, const struct registry_entry *current,
		       struct errmsg *why)
{
	struct registry_entry replaced = *current;
	int err;

	replaced.kind = REGISTRY_REPLACED;
	if (!current->inode)
		return registry__rename(staged, REGISTRY_CURRENT, why);
	err = registry__rename(current, REGISTRY_REPLACED, why);
	if (err)
		return err;
	err = registry__rename(staged, REGISTRY_CURRENT, why);
	return err ?: registry__remove(&replaced, why);
}

/* Undoes what this command has staged, and nothing that another one has. */
static void unstage(const struct registry_entry *staged)
{
	if (staged->inode && registry__is_unchanged(staged))
		registry__remove(staged, NULL);
}

/* A `detach` that did not wait for the lock has won: nothing of ours may stay. */
static int commit_undo(const struct attachment_record *record, const struct registry_entry *staged,
		       const struct dataplane *fresh, enum attach_mode mode, struct errmsg *why)
{
	commit__set_program(record, mode, -1, dataplane__program_fd(fresh), NULL);
	unstage(staged);
	return refuse_change(record, why);
}

/*
 * A process can be stopped anywhere, and `detach` goes on without the lock after a while. So the
 * entries are compared before and after the commit point, and the kernel compares the program in
 * it.
 */
int commit__run(struct attachment_record *record, const struct registry_entry *current,
		const struct dataplane *fresh, int old_fd, struct attach_report *report,
		struct errmsg *why)
{
	struct registry_entry staged = *current;
	char directory[REGISTRY_PATH_BYTES];
	bool changed;
	int err;

	staged.kind = REGISTRY_STAGED;
	staged.inode = 0;
	report->unsupported = dataplane__unsupported(fresh);
	err = commit_stage(record, &staged, fresh, current, why);
	if (!err)
		err = change_interface(record, dataplane__program_fd(fresh), old_fd, report, why);
	changed = !registry__is_unchanged(current) || !registry__is_unchanged(&staged);
	if (err) {
		/* If it is unknown what the interface runs now, the next command recovers. */
		if (!may_run(record))
			unstage(&staged);
		return changed ? refuse_change(record, why) : err;
	}
	if (changed)
		return commit_undo(record, &staged, fresh, report->mode, why);
	snprintf(report->handshakes_remark, sizeof(report->handshakes_remark), "%s",
		 record->handshakes_remark);
	err = handshakes__run(registry__path(&staged, directory), why);
	return err ?: commit_pins(&staged, current, why);
}
