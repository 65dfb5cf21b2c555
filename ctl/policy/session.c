// SPDX-License-Identifier: GPL-2.0-only
// session: a policy that a command reads, or changes with a lock on it.
#include "ctl/policy/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/attach/lock.h"
#include "common/attach/recover.h"
#include "common/attach/upgrade.h"
#include "common/base/utf8.h"
#include "common/netdev/netdev.h"

static void note_lock_wait(void *opaque, const char *text)
{
	cli__note(opaque, "%s", text);
}

int session__open(const struct cli *cli, struct policy_session *ret, struct errmsg *why)
{
	int err;

	*ret = (struct policy_session){.lock_fd = -1};
	lock__on_wait(note_lock_wait, (void *)cli);
	err = registry__open(REGISTRY_WRITE, &ret->registry, why);
	if (err)
		return err;
	err = ret->lock_fd = policy_pins__lock(why);
	if (err < 0)
		return err;
	err = registry__lock(ret->registry, why);
	if (!err)
		err = policy_pins__remove_unused(ret->registry, why);
	registry__unlock(ret->registry);
	return err;
}

void session__unlock(struct policy_session *session)
{
	lock__release(session->lock_fd);
	session->lock_fd = -1;
}

static int find_attached(const struct policy_session *session, const char *interface,
			 struct attachment *ret, struct errmsg *why)
{
	int err = attachment__find(session->registry, interface, ret, why);

	if (err < 0)
		return err;
	if (!err || ret->mode == ATTACH_NONE)
		return errmsg__set(why, -ENOENT, "%s: not attached: run 'xdpctl attach %s' first",
				   interface, interface);
	if (ret->record_err)
		return errmsg__set(why, ret->record_err,
				   "%s: its pins are missing or of another version: 'xdpctl attach "
				   "--reset %s' replaces them",
				   interface, interface);
	return 0;
}

static int find_locked(const struct policy_session *session, const char *interface,
		       struct attachment *ret, struct errmsg *why)
{
	int err = attachment__recover_interface(session->registry, interface, why);

	return err ? err : find_attached(session, interface, ret, why);
}

static int find_name(const struct policy_session *session, const char *name,
		     char ret_interface[IFNAMSIZ], struct errmsg *why)
{
	if (netdev__find(name, ret_interface, why) < 0)
		return attachment__explain_missing(session->registry, name, why);
	return 0;
}

int session__find(const struct policy_session *session, const char *name, struct attachment *ret,
		  struct errmsg *why)
{
	char interface[IFNAMSIZ];
	int err = find_name(session, name, interface, why);

	if (err)
		return err;
	err = registry__lock(session->registry, why);
	if (!err)
		err = find_locked(session, interface, ret, why);
	registry__unlock(session->registry);
	return err;
}

static int open_home(struct policy_session *session, const char *id, struct errmsg *why)
{
	struct policy_maps *maps;
	int err = policy_pins__open(id, &maps, why);

	return err ? err : policy_switch__open(&session->home, id, maps, why);
}

int session__use(struct policy_session *session, const char *id, struct errmsg *why)
{
	int err = open_home(session, id, why);

	return err ? err : policy_switch__recover(&session->home, why);
}

int session__create(struct policy_session *session, const char *id, __u32 max_prefixes,
		    struct errmsg *why)
{
	struct policy_maps *maps;
	int err = policy_pins__create(id, max_prefixes, &maps, why);

	return err ? err : policy_switch__open(&session->home, id, maps, why);
}

static int refuse_without_policy(const struct attachment *attachment, struct errmsg *why)
{
	if (attachment->record.policy[0])
		return 0;
	return errmsg__set(why, -ENOENT,
			   "%s: no policy: 'xdpctl policy apply FILE %s' puts one in force",
			   attachment->interface, attachment->interface);
}

static int use_policy_of(struct policy_session *session, const char *interface,
			 struct attachment *ret, struct errmsg *why)
{
	int err = session__find(session, interface, ret, why);

	if (!err)
		err = refuse_without_policy(ret, why);
	return err ? err : session__use(session, ret->record.policy, why);
}

int session__run(const struct cli *cli, const char *interface, session_work *work, void *context,
		 struct errmsg *why)
{
	struct policy_session session;
	struct attachment attachment;
	int err;

	err = session__open(cli, &session, why);
	if (!err)
		err = use_policy_of(&session, interface, &attachment, why);
	err = err ?: work(cli, &session, &attachment, context, why);
	session__close(&session);
	return err;
}

static int open_reading(struct policy_session *session, const char *name, struct attachment *ret,
			struct errmsg *why)
{
	char interface[IFNAMSIZ];
	int err = registry__open(REGISTRY_READ, &session->registry, why);

	if (!err)
		err = find_name(session, name, interface, why);
	if (err)
		return err;
	err = find_attached(session, interface, ret, why);
	if (!err)
		err = refuse_without_policy(ret, why);
	return err ? err : open_home(session, ret->record.policy, why);
}

int session__read(const struct cli *cli, const char *interface, session_work *work, void *context,
		  struct errmsg *why)
{
	struct policy_session session = {.lock_fd = -1};
	struct attachment attachment;
	int err = open_reading(&session, interface, &attachment, why);

	err = err ?: work(cli, &session, &attachment, context, why);
	session__close(&session);
	return err;
}

/* The network namespace of process 1; without one to compare with, this is it. */
static bool is_host_netns(void)
{
	struct stat ours, host;

	return stat("/proc/self/ns/net", &ours) || stat("/proc/1/ns/net", &host) ||
	       ours.st_ino == host.st_ino;
}

int session__members(const struct policy_session *session, struct policy_members *ret,
		     struct errmsg *why)
{
	struct attachment *attachments;
	size_t count;
	int err = attachment__list(session->registry, &attachments, &count, why);

	if (err)
		return err;
	*ret = (struct policy_members){
		.max_prefixes = policy_maps__max_prefixes(session->home.maps),
		.in_host_netns = is_host_netns(),
	};
	for (size_t i = 0; i < count && ret->count < POLICY_MAX_INTERFACES; i++)
		if (!strcmp(attachments[i].record.policy, session->home.id))
			memcpy(ret->interfaces[ret->count++], attachments[i].interface, IFNAMSIZ);
	free(attachments);
	return 0;
}

int session__save_members(const struct policy_session *session, struct errmsg *why)
{
	struct policy_members members;
	int err = session__members(session, &members, why);

	return err ? err : policy_store__save_members(session->home.id, &members, why);
}

int session__arm(const struct policy_session *session, const char *interface, struct errmsg *why)
{
	struct attach_report report = {};
	struct attachment attachment;
	int err = registry__lock(session->registry, why);

	if (!err)
		err = find_locked(session, interface, &attachment, why);
	if (!err && strcmp(attachment.record.policy, session->home.id))
		err = lifecycle__arm(&attachment, session->home.maps, session->home.id, &report,
				     why);
	registry__unlock(session->registry);
	return err;
}

static int allow_answers(struct attachment *attachment, struct answers_obstacle *ret,
			 struct errmsg *why)
{
	struct dataplane *dataplane;
	int err = attachment__reopen(attachment, &dataplane, why);

	if (err)
		return err;
	err = answers__allow(attachment->interface, attachment->mode, dataplane, ret, why);
	dataplane__close(dataplane);
	return err;
}

int session__allow_answers(const struct policy_session *session, const char *interface,
			   struct answers_obstacle *ret, struct errmsg *why)
{
	struct attachment attachment;
	int err = registry__lock(session->registry, why);

	if (!err)
		err = find_locked(session, interface, &attachment, why);
	if (!err)
		err = allow_answers(&attachment, ret, why);
	registry__unlock(session->registry);
	return err;
}

int session__disarm(const struct policy_session *session, const char *interface, struct errmsg *why)
{
	struct attachment attachment;
	int err = registry__lock(session->registry, why);

	if (!err)
		err = find_locked(session, interface, &attachment, why);
	if (!err)
		err = lifecycle__disarm(&attachment, why);
	registry__unlock(session->registry);
	return err;
}

void session__close(struct policy_session *session)
{
	policy_maps__close(session->home.maps);
	session__unlock(session);
	registry__close(session->registry);
}
