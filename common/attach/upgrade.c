// SPDX-License-Identifier: GPL-2.0-only
// upgrade: replace the program of an attachment, on the same maps or on new ones, with or without
// a policy.
#include "common/attach/upgrade.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/commit.h"
#include "common/attach/sampler_lock.h"

static int refuse_to_keep(const struct attachment *attachment,
			  const struct attachment_record *asked, __u32 max_sources,
			  struct errmsg *why)
{
	if (asked->max_sources && asked->max_sources != max_sources)
		return errmsg__set(
			why, -EEXIST,
			"%s: attach: already attached with entries for %u sources, which "
			"an upgrade keeps: use --reset to restart counting with %u",
			attachment->interface, max_sources, asked->max_sources);
	if (asked->handshakes && !attachment->record.handshakes)
		return errmsg__set(why, -EEXIST,
				   "%s: attach: already attached without handshakes, which an "
				   "upgrade keeps: use --reset to restart counting with them",
				   attachment->interface);
	return 0;
}

/* The maps that an upgrade goes on counting in, and their record. */
static int keep_maps(const struct attachment *attachment, const struct attachment_record *asked,
		     struct attachment_record *ret_record, struct dataplane **ret,
		     struct errmsg *why)
{
	struct attachment kept = *attachment;
	struct dataplane *old;
	int err;

	err = attachment__reopen(&kept, &old, why);
	if (err)
		return err;
	err = refuse_to_keep(&kept, asked, dataplane__max_sources(old), why);
	if (err) {
		dataplane__close(old);
		return err;
	}
	if (kept.record.layout)
		*ret_record = kept.record;
	ret_record->ifindex = attachment->ifindex;
	*ret = old;
	return 0;
}

static int check_mode(const struct attachment *attachment, const struct attachment_record *asked,
		      struct errmsg *why)
{
	if (asked->mode_asked == ATTACH_AUTO || asked->mode_asked == (__u32)attachment->mode)
		return 0;
	return errmsg__set(
		why, -EEXIST,
		"%s: attach %s: already attached in %s mode: run 'xdpctl detach %s' first",
		asked->interface, attach_mode_names[asked->mode_asked],
		attach_mode_names[attachment->mode], asked->interface);
}

/* The next program of an attachment, and what it takes over. */
struct upgrade {
	const struct attachment *attachment;
	struct attachment_record record; /* of the next program */
	struct dataplane_config config;
	const struct attach_request *request; /* NULL: none */
	struct dataplane *old;                /* what runs now; NULL: its maps are of no use */
};

/* No one takes the samples of a killed sampler. */
static enum sampling sampling_to_keep(const struct attachment *attachment)
{
	return sampler_lock__is_held(&attachment->entry) ? SAMPLING_KEPT : SAMPLING_OFF;
}

static int upgrade_run(struct upgrade *upgrade, struct attach_report *report, struct errmsg *why)
{
	const struct attachment *attachment = upgrade->attachment;
	struct dataplane_config *config = &upgrade->config;
	struct dataplane *fresh = NULL;
	int err, old_fd = attachment__program(attachment, why);

	if (old_fd < 0)
		return old_fd;
	err = commit__keep_place(attachment, &upgrade->record, config, why);
	if (err)
		goto out;
	if (upgrade->request && upgrade->request->has_priority)
		upgrade->record.priority = upgrade->request->priority;
	err = commit__load(attachment->interface, upgrade->record.ifindex, attachment->mode, config,
			   NULL, &fresh, why);
	if (err)
		goto out;
	report->mode = attachment->mode;
	report->upgraded = true;
	err = commit__run(&upgrade->record, &attachment->entry, fresh, old_fd, report, why);
out:
	dataplane__close(fresh);
	if (config->target_fd > 0)
		close(config->target_fd);
	close(old_fd);
	return err;
}

/* With --reset nothing is kept but the policy. */
static int keep_policy(struct upgrade *upgrade, struct errmsg *why)
{
	struct attachment kept = *upgrade->attachment;
	int err;

	if (!kept.record.policy[0])
		return 0;
	err = attachment__reopen(&kept, &upgrade->old, why);
	memcpy(upgrade->record.policy, kept.record.policy, sizeof(kept.record.policy));
	return err;
}

int lifecycle__upgrade(const struct attachment *attachment, const struct attachment_record *asked,
		       const struct attach_request *request, struct attach_report *report,
		       struct errmsg *why)
{
	struct upgrade upgrade = {
		.attachment = attachment,
		.record = *asked,
		.config =
			{
				.max_sources = asked->max_sources,
				.pairs = asked->handshakes,
				.completed = asked->handshakes,
			},
		.request = request,
	};
	int err;

	err = check_mode(attachment, asked, why);
	if (err)
		return err;
	err = request->reset ? keep_policy(&upgrade, why)
			     : keep_maps(attachment, asked, &upgrade.record, &upgrade.old, why);
	if (err)
		return err;
	upgrade.config.maps_of = request->reset ? NULL : upgrade.old;
	upgrade.config.policy = upgrade.old ? dataplane__policy(upgrade.old) : NULL;
	upgrade.config.sampling = sampling_to_keep(attachment);
	err = upgrade_run(&upgrade, report, why);
	dataplane__close(upgrade.old);
	return err;
}

/* The next program is to be like the present one, on its maps. */
static int upgrade_begin(struct upgrade *upgrade, struct errmsg *why)
{
	static const struct attachment_record nothing;
	const struct attachment *attachment = upgrade->attachment;
	int err;

	if (attachment->mode == ATTACH_NONE)
		return errmsg__set(why, -ENOENT, "%s: not attached: 'xdpctl attach %s' starts it",
				   attachment->interface, attachment->interface);
	err = keep_maps(attachment, &nothing, &upgrade->record, &upgrade->old, why);
	if (err)
		return err;
	if (!upgrade->record.layout) {
		dataplane__close(upgrade->old);
		return errmsg__set(why, -ENOENT,
				   "%s: pins are missing: 'xdpctl attach%s %s' pins it again, and "
				   "keeps the counts",
				   attachment->interface, attach_mode__option(attachment->mode),
				   attachment->interface);
	}
	upgrade->config.maps_of = upgrade->old;
	upgrade->config.policy = dataplane__policy(upgrade->old);
	upgrade->config.sampling = sampling_to_keep(attachment);
	return 0;
}

static int change_policy(const struct attachment *attachment, const struct policy_maps *policy,
			 const char *id, struct attach_report *report, struct errmsg *why)
{
	struct upgrade upgrade = {.attachment = attachment};
	int err = upgrade_begin(&upgrade, why);

	if (err)
		return err;
	snprintf(upgrade.record.policy, sizeof(upgrade.record.policy), "%s", id);
	upgrade.config.policy = policy;
	err = upgrade_run(&upgrade, report, why);
	dataplane__close(upgrade.old);
	return err;
}

int lifecycle__sample(const struct attachment *attachment, enum sampling sampling,
		      struct errmsg *why)
{
	struct upgrade upgrade = {.attachment = attachment};
	struct attach_report report = {};
	int err = upgrade_begin(&upgrade, why);

	if (err)
		return err;
	upgrade.config.sampling = sampling;
	err = upgrade_run(&upgrade, &report, why);
	dataplane__close(upgrade.old);
	return err;
}

int lifecycle__arm(const struct attachment *attachment, const struct policy_maps *policy,
		   const char *id, struct attach_report *report, struct errmsg *why)
{
	return change_policy(attachment, policy, id, report, why);
}

int lifecycle__disarm(const struct attachment *attachment, struct errmsg *why)
{
	struct attach_report report = {};

	return change_policy(attachment, NULL, "", &report, why);
}
