// SPDX-License-Identifier: GPL-2.0-only
// profile: kinds of traffic, as rows of a table, and streams of frames made by them.
#include "pktgen/profiles/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct profile *const profiles[] = {
	&profile_syn_flood, &profile_bots, &profile_handshakes, &profile_imix,
	&profile_ipv6,      &profile_vlan, &profile_options,    &profile_fragments,
	&profile_malformed, &profile_scan, &profile_mix,        NULL,
};

struct stream {
	const struct profile *profile;
	struct knobs knobs;
	__u64 count;
	void *state;
};

const struct profile *profile__find(const char *name, struct errmsg *why)
{
	char known[256] = "";
	size_t used = 0;

	for (int i = 0; profiles[i]; i++) {
		if (!strcmp(profiles[i]->name, name))
			return profiles[i];
		used += snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "",
				 profiles[i]->name);
	}
	errmsg__usage(why, "there is no profile '%s': choose one of %s", name, known);
	return NULL;
}

int profile__defaults(const struct profile *profile, struct knobs *ret, struct errmsg *why)
{
	const struct knob_default *own = profile->defaults;
	int err = knobs__defaults(ret, why);

	for (int i = 0; !err && i < MAX_OWN_DEFAULTS && own[i].text; i++)
		err = knobs__set(ret, own[i].id, own[i].text, why);
	ret->given = 0;
	return err;
}

/* A knob that was given and that the profile has not is a mistake. */
static int check_knobs(const struct profile *profile, const struct knobs *knobs, struct errmsg *why)
{
	__u32 taken = profile->knobs | KNOBS_OF_ALL;
	char refused[256], own[256];

	if (!(knobs->given & ~taken))
		return 0;
	return errmsg__usage(why, "%s does not take %s: it takes %s", profile->name,
			     knobs__names(knobs->given & ~taken, refused, sizeof(refused)),
			     knobs__names(taken, own, sizeof(own)));
}

enum frame_class class_of_flags(__u8 flags)
{
	if (flags & TCP_SYN)
		return flags & TCP_ACK ? CLASS_SYN_ACK : CLASS_SYN;
	if (flags & TCP_RST)
		return CLASS_RST;
	return flags & TCP_FIN ? CLASS_FIN : CLASS_TCP_OTHER;
}

void emit_start(struct generated_frame *frame, const struct macs *macs)
{
	packet__start(&frame->packet, macs);
}

void emit_finish(struct generated_frame *frame, enum frame_class class,
		 const struct address *source)
{
	packet__finish(&frame->packet);
	frame->class = class;
	frame->source = *source;
	frame->captured_bytes = frame->packet.length;
}

int stream__open(const struct profile *profile, const struct knobs *knobs, struct stream **ret,
		 struct errmsg *why)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	int err;

	if (stream)
		stream->state = calloc(1, profile->state_bytes);
	if (!stream || !stream->state) {
		err = errmsg__set(why, -ENOMEM, "%s: out of memory", profile->name);
		goto out;
	}
	stream->profile = profile;
	stream->knobs = *knobs;
	stream->count = knobs->count;
	err = check_knobs(profile, knobs, why);
	if (!err)
		err = profile->init(stream->state, &stream->knobs, &stream->count, why);
	if (err)
		goto out;
	if (!stream->count)
		stream->count = profile->default_count;
	*ret = stream;
	stream = NULL;
out:
	stream__close(stream);
	return err;
}

int stream__from_options(const char *name, const struct profile **ret_profile,
			 struct knobs *ret_knobs, struct stream **ret, struct errmsg *why)
{
	const struct profile *profile = profile__find(name, why);
	int err;

	if (!profile)
		return -EINVAL;
	err = profile__defaults(profile, ret_knobs, why);
	if (!err)
		err = knobs__from_options(ret_knobs, why);
	if (!err)
		err = stream__open(profile, ret_knobs, ret, why);
	if (!err)
		*ret_profile = profile;
	return err;
}

__u64 stream__count(const struct stream *stream)
{
	return stream->count;
}

void stream__next(struct stream *stream, struct generated_frame *ret)
{
	stream->profile->next(stream->state, ret);
}

void stream__close(struct stream *stream)
{
	if (!stream)
		return;
	if (stream->state && stream->profile && stream->profile->release)
		stream->profile->release(stream->state);
	free(stream->state);
	free(stream);
}
