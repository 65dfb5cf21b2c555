// SPDX-License-Identifier: GPL-2.0-only
// replay: a capture through a privately loaded dataplane, and what it counted.
#include "replay.h"

#include <errno.h>
#include <stdlib.h>

#include "dataplane.h"
#include "linktype.h"
#include "testrun.h"
#include "trace.h"

struct replay {
	const char *path;
	bool rewrap;
	struct trace *trace;
	struct dataplane *dataplane;
	struct testrun *testrun;
	__u8 *wrapped; /* room for a rewrapped frame */
	__u32 wrapped_bytes;
	__u64 ethernet_frames;
	/* What never reaches the program, and is therefore counted here. */
	__u64 runts, runt_bytes;
	__u64 not_replayable;
	__u64 unfed_bytes; /* behind the prefixes of frames that were too long */
	struct replay_result result;
};

static int refuse(const struct replay *replay, int linktype, struct errmsg *why)
{
	char name[64];

	return errmsg__set(why, -EPROTONOSUPPORT, "%s: no Ethernet frames: link type %s%s",
			   replay->path, linktype__name(linktype, name, sizeof(name)),
			   linktype__can_rewrap(linktype) ? ": try --rewrap"
							  : " cannot be replayed");
}

static int open_all(struct replay *replay, struct errmsg *why)
{
	int err, linktype;

	err = trace__open(replay->path, &replay->trace, why);
	if (err)
		return err;
	linktype = trace__linktype(replay->trace);
	if (linktype >= 0 && linktype != LINKTYPE_ETHERNET &&
	    !(replay->rewrap && linktype__can_rewrap(linktype)))
		return refuse(replay, linktype, why);
	err = dataplane__load(NULL, &replay->dataplane, why);
	if (err)
		return err;
	return testrun__open(dataplane__program_fd(replay->dataplane), &replay->testrun, why);
}

/* Turns a frame into an Ethernet frame in place. Return: is it one now? */
static int make_ethernet(struct replay *replay, struct trace_frame *frame)
{
	__u32 needed = frame->captured_bytes + TESTRUN_MIN_BYTES;
	int bytes;

	if (frame->linktype == LINKTYPE_ETHERNET)
		return 1;
	if (!replay->rewrap || !linktype__can_rewrap(frame->linktype))
		return 0;
	if (needed > replay->wrapped_bytes) {
		__u8 *grown = realloc(replay->wrapped, needed);

		if (!grown)
			return -ENOMEM;
		replay->wrapped = grown;
		replay->wrapped_bytes = needed;
	}
	bytes = linktype__rewrap(frame->linktype, frame->data, frame->captured_bytes,
				 replay->wrapped);
	if (bytes < 0)
		return 0;
	frame->data = replay->wrapped;
	frame->captured_bytes = bytes;
	return 1;
}

static int feed(struct replay *replay, const struct trace_frame *frame, struct errmsg *why)
{
	__u32 bytes = frame->captured_bytes;
	int verdict;

	if (bytes < TESTRUN_MIN_BYTES) {
		replay->runts++;
		replay->runt_bytes += bytes;
		return 0;
	}
	if (bytes > testrun__max_bytes(replay->testrun)) {
		bytes = testrun__max_bytes(replay->testrun);
		replay->unfed_bytes += frame->captured_bytes - bytes;
		replay->result.prefix_frames++;
	}
	verdict = testrun__frame(replay->testrun, frame->data, bytes, why);
	return verdict < 0 ? verdict : 0;
}

static int feed_all(struct replay *replay, struct errmsg *why)
{
	struct trace_frame frame;
	int err = 0, more, ethernet;

	while (!err && (more = trace__next(replay->trace, &frame, why)) > 0) {
		ethernet = make_ethernet(replay, &frame);
		if (ethernet < 0)
			return ethernet;
		if (ethernet) {
			replay->ethernet_frames++;
			err = feed(replay, &frame, why);
			continue;
		}
		if (!replay->not_replayable++)
			replay->result.refused_linktype = frame.linktype;
	}
	if (!err)
		replay->result.damage = more;
	if (!err && replay->not_replayable && !replay->ethernet_frames)
		err = refuse(replay, replay->result.refused_linktype, why);
	return err;
}

/* The books of the file: what the program saw, and what it could not be shown. */
static int balance(struct replay *replay, struct errmsg *why)
{
	struct snapshot *snapshot = &replay->result.snapshot;
	int err = snapshot__read(replay->dataplane, snapshot, why);

	if (err)
		return err;
	snapshot->classes[CLASS_RUNT] += replay->runts;
	snapshot->classes[CLASS_NOT_REPLAYABLE] += replay->not_replayable;
	snapshot->packets += replay->runts + replay->not_replayable;
	snapshot->bytes += replay->runt_bytes + replay->unfed_bytes;
	return 0;
}

int replay__file(const char *path, const struct replay_options *options, struct replay_result *ret,
		 struct errmsg *why)
{
	struct replay replay = {
		.path = path,
		.rewrap = options->rewrap,
		.result.refused_linktype = -1,
	};
	int err;

	err = open_all(&replay, why);
	if (!err)
		err = feed_all(&replay, why);
	if (!err)
		err = balance(&replay, why);
	if (!err)
		*ret = replay.result;
	free(replay.wrapped);
	testrun__close(replay.testrun);
	dataplane__close(replay.dataplane);
	trace__close(replay.trace);
	return err;
}
