// SPDX-License-Identifier: GPL-2.0-only
// session: a policy that a command reads, or changes with a lock on it.
#ifndef CTL_POLICY_SESSION_H
#define CTL_POLICY_SESSION_H

#include "common/attach/answers.h"
#include "common/attach/attachment.h"
#include "common/attach/policy_switch.h"
#include "common/base/cli.h"

struct policy_session {
	struct registry *registry;
	int lock_fd;             /* -1: none */
	struct policy_home home; /* without maps: there is no policy yet */
};

/**
 * session__open() - lock, and complete what killed commands began
 * @ret: without a policy; to be closed, also after an error
 *
 * Return: 0, or a negative errno with @why set.
 */
int session__open(const struct cli *cli, struct policy_session *ret, struct errmsg *why);

/** session__unlock() - let others change policies; to be called before anything is printed. */
void session__unlock(struct policy_session *session);

/**
 * session__find() - find an interface that xdpctl is attached to
 * @name: also an alternative name
 *
 * Return: 0, or a negative errno with @why set.
 */
int session__find(const struct policy_session *session, const char *name, struct attachment *ret,
		  struct errmsg *why);

/** session__use() - open the policy of that id, and recover it. Return: as above. */
int session__use(struct policy_session *session, const char *id, struct errmsg *why);

/** session__create() - make a policy of that id, with room for @max_prefixes of each family,
 * without any rule. Return: as above. */
int session__create(struct policy_session *session, const char *id, __u32 max_prefixes,
		    struct errmsg *why);

/* What a command does with the policy of an interface. Return: 0, or a negative errno with @why
 * set. */
typedef int session_work(const struct cli *cli, struct policy_session *session,
			 const struct attachment *attachment, void *context, struct errmsg *why);

/**
 * session__run() - open a session and the policy of an interface, work on it, and close
 * @interface: its name, also an alternative one
 * @context: for @work
 *
 * Return: what @work returned, or a negative errno with @why set: -ENOENT if there is no policy.
 */
int session__run(const struct cli *cli, const char *interface, session_work *work, void *context,
		 struct errmsg *why);

/**
 * session__read() - the same for a command that changes nothing: without a lock
 *
 * What it reads may be changed meanwhile.
 */
int session__read(const struct cli *cli, const char *interface, session_work *work, void *context,
		  struct errmsg *why);

/** session__members() - the interfaces of the policy, in this network namespace. Return: as above.
 */
int session__members(const struct policy_session *session, struct policy_members *ret,
		     struct errmsg *why);

/** session__save_members() - store them for the next boot. Return: as above. */
int session__save_members(const struct policy_session *session, struct errmsg *why);

/** session__arm() - let an interface be judged by the policy. Return: as above. */
int session__arm(const struct policy_session *session, const char *interface, struct errmsg *why);

/**
 * session__allow_answers() - let the program of an armed interface answer, as answers__allow() does
 *
 * Return: as above, with *@ret empty or the obstacle.
 */
int session__allow_answers(const struct policy_session *session, const char *interface,
			   struct answers_obstacle *ret, struct errmsg *why);

/** session__disarm() - let every frame of an interface pass again. Return: as above. */
int session__disarm(const struct policy_session *session, const char *interface,
		    struct errmsg *why);

/** session__close() - unlock and free. */
void session__close(struct policy_session *session);

#endif
