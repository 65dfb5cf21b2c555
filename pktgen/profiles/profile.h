// SPDX-License-Identifier: GPL-2.0-only
// profile: kinds of traffic, as rows of a table, and streams of frames made by them.
#ifndef PKTGEN_PROFILES_PROFILE_H
#define PKTGEN_PROFILES_PROFILE_H

#include "common/abi/abi.h"
#include "common/base/errmsg.h"
#include "pktgen/frames/packet.h"
#include "pktgen/profiles/knobs.h"

/* A frame and what it was meant to be. */
struct generated_frame {
	enum frame_class class;
	struct address source; /* who sent it; has a meaning for CLASS_SYN */
	__u32 captured_bytes;  /* what a capture has of it: packet.length, or less if it was cut */
	struct packet packet;
};

struct knob_default {
	enum knob_id id;
	const char *text;
};

#define MAX_OWN_DEFAULTS 4

struct profile {
	const char *name;
	const char *summary;
	__u32 knobs;         /* KNOB_BIT()s beside KNOBS_OF_ALL */
	__u64 default_count; /* 0: as many as init() says */
	struct knob_default
		defaults[MAX_OWN_DEFAULTS]; /* where they differ; ends with a NULL text */
	size_t state_bytes;
	/*
	 * Prepares @state, which is zeroed. @knobs outlives it. Where *@count is 0, init() may set
	 * it; where the user has chosen, init() may refuse.
	 */
	int (*init)(void *state, const struct knobs *knobs, __u64 *count, struct errmsg *why);
	/* Makes the next frame; never ends. */
	void (*next)(void *state, struct generated_frame *ret);
	void (*release)(void *state); /* frees what the state owns; may be NULL */
};

/* The table; ends with NULL. */
extern const struct profile *const profiles[];

extern const struct profile profile_syn_flood, profile_bots, profile_handshakes, profile_imix,
	profile_ipv6, profile_vlan, profile_options, profile_fragments, profile_malformed,
	profile_scan, profile_mix;

/** profile__find() - the profile called @name, or NULL with @why naming those that there are. */
const struct profile *profile__find(const char *name, struct errmsg *why);

/** profile__defaults() - the knobs of @profile as they are when the user does not touch them. */
int profile__defaults(const struct profile *profile, struct knobs *ret, struct errmsg *why);

/** class_of_flags() - the class of a whole segment that was given these TCP flags. */
enum frame_class class_of_flags(__u8 flags);

/** emit_start() - begin a frame: Ethernet header, no class yet. */
void emit_start(struct generated_frame *frame, const struct macs *macs);

/** emit_finish() - end a frame that is whole: lengths, checksums, class. */
void emit_finish(struct generated_frame *frame, enum frame_class class,
		 const struct address *source);

/* Frames of one profile, from the first to the last. */
struct stream;

/**
 * stream__open() - start a profile
 * @knobs: copied
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int stream__open(const struct profile *profile, const struct knobs *knobs, struct stream **ret,
		 struct errmsg *why);

/**
 * stream__from_options() - start the profile called @name with what was typed on the command line
 *
 * Return: 0 with *@ret owned by the caller, *@ret_profile and *@ret_knobs set, or a negative errno
 * with @why set.
 */
int stream__from_options(const char *name, const struct profile **ret_profile,
			 struct knobs *ret_knobs, struct stream **ret, struct errmsg *why);

/** stream__count() - how many frames there will be; 0: no end. */
__u64 stream__count(const struct stream *stream);

/** stream__next() - make the next frame, of an endless sequence: the caller counts. */
void stream__next(struct stream *stream, struct generated_frame *ret);

/** stream__close() - free; NULL is fine. */
void stream__close(struct stream *stream);

#endif
