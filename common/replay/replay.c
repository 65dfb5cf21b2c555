// SPDX-License-Identifier: GPL-2.0-only
// replay: runs a capture through a privately loaded program, or in this process, and reads what was
// counted.
#include "common/replay/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/privileges.h"
#include "common/bpf/object_prog.h"
#include "common/bpf/test_run.h"
#include "common/capture/capture.h"
#include "common/capture/linktype.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/read.h"

/* Frames between two reports of progress. */
#define PROGRESS_FRAMES 4096

/* One pass over the capture. */
struct replay {
	const char *path;
	const struct replay_options *options;
	FILE *file;                       /* until the capture owns it */
	const struct object_file *object; /* of another program, with its section or function */
	const char *program;
	struct capture *capture;
	struct dataplane *dataplane; /* NULL: another program is replayed */
	struct object_prog *prog;
	struct runner *runner;
	__u8 *wrapped; /* buffer for a rewrapped frame */
	__u32 wrapped_bytes;
	__u64 frames, frame_bytes; /* Ethernet frames, including short ones */
	/* Frames that cannot be shown to the program, and are counted here instead. */
	__u64 runts, runt_bytes;
	__u64 not_replayable;
	__u64 unfed_bytes; /* cut off from frames that were too long */
	struct replay_result result;
};

static int replay_refuse(const struct replay *replay, int linktype, struct errmsg *why)
{
	char name[64];

	return errmsg__set(why, -EPROTONOSUPPORT, "%s: no Ethernet frames: link type %s%s",
			   replay->path, linktype__name(linktype, name, sizeof(name)),
			   linktype__can_rewrap(linktype) ? ": try --rewrap"
							  : " cannot be replayed");
}

static int load_program(struct replay *replay, int *ret_fd, struct errmsg *why)
{
	struct dataplane_config config = {.pairs = replay->options->pairs};
	int err;

	if (!replay->options->program) {
		err = dataplane__load(&config, &replay->dataplane, why);
		if (!err)
			*ret_fd = dataplane__program_fd(replay->dataplane);
		return err;
	}
	err = object_prog__load_file(replay->object, replay->program, replay->options->max_map_mib,
				     &replay->prog, why);
	if (err)
		return err;
	snprintf(replay->result.program, sizeof(replay->result.program), "%s",
		 object_prog__name(replay->prog));
	*ret_fd = object_prog__program_fd(replay->prog);
	return 0;
}

static int replay_open_in_kernel(struct replay *replay, enum runner_kind kind, struct errmsg *why)
{
	struct runner_options runner = replay->options->runner;
	int err, program_fd;

	runner.kind = kind;
	runner.restore_head = replay->options->program;
	err = load_program(replay, &program_fd, why);
	return err ?: runner__open(program_fd, &runner, &replay->runner, why);
}

static int replay_open_on_host(struct replay *replay, struct errmsg *why)
{
	struct runner_options runner = replay->options->runner;
	struct dataplane_config config = {
		.pairs = replay->options->pairs,
		.cpus = runner.workers ?: 1,
	};
	int err;

	err = dataplane__in_process(&config, &replay->dataplane, why);
	if (err)
		return err;
	runner.kind = RUNNER_HOST;
	runner.tables = replay->dataplane;
	return runner__open(-1, &runner, &replay->runner, why);
}

/* Without privileges, inside a container with a seccomp filter, or in a kernel without bpf(). */
static bool loading_is_forbidden(int err)
{
	return err == -EPERM || err == -EACCES || err == -ENOSYS;
}

/* Reads none of the capture's content. */
static int open_runner(struct replay *replay, enum runner_kind kind, struct errmsg *why)
{
	struct errmsg refusal = {};
	int err;

	if (kind == RUNNER_HOST)
		return replay_open_on_host(replay, why);
	err = replay_open_in_kernel(replay, kind, &refusal);
	if (!err)
		return 0;
	if (kind != RUNNER_AUTO || !loading_is_forbidden(err)) {
		if (why)
			*why = refusal;
		return err;
	}
	replay->result.no_kernel = refusal;
	dataplane__close(replay->dataplane);
	replay->dataplane = NULL;
	return replay_open_on_host(replay, why);
}

static int start_capture(struct replay *replay, struct errmsg *why)
{
	FILE *file = replay->file;
	int err, linktype;

	replay->file = NULL;
	err = capture__start(file, replay->path, &replay->capture, why);
	if (err)
		return err;
	linktype = capture__linktype(replay->capture);
	if (linktype >= 0 && linktype != LINKTYPE_ETHERNET &&
	    !(replay->options->rewrap && linktype__can_rewrap(linktype)))
		return replay_refuse(replay, linktype, why);
	return 0;
}

/* Turns a frame into an Ethernet frame. Return: 1, 0 if it cannot be turned, or -ENOMEM. */
static int make_ethernet(struct replay *replay, struct capture_frame *frame)
{
	__u32 needed = frame->captured_bytes + TEST_RUN_MIN_BYTES;
	int bytes;

	if (frame->linktype == LINKTYPE_ETHERNET)
		return 1;
	if (!replay->options->rewrap || !linktype__can_rewrap(frame->linktype))
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

static int feed(struct replay *replay, const struct capture_frame *frame, struct errmsg *why)
{
	__u32 bytes = frame->captured_bytes;

	replay->frames++;
	replay->frame_bytes += bytes;
	if (bytes < TEST_RUN_MIN_BYTES) {
		replay->runts++;
		replay->runt_bytes += bytes;
		return 0;
	}
	if (bytes > runner__max_bytes(replay->runner)) {
		bytes = runner__max_bytes(replay->runner);
		replay->unfed_bytes += frame->captured_bytes - bytes;
		replay->result.prefix_frames++;
	}
	return runner__frame(replay->runner, frame->data, bytes, why);
}

static void report_progress(const struct replay *replay)
{
	if (replay->options->progress && !(replay->frames % PROGRESS_FRAMES))
		replay->options->progress(replay->options->progress_context,
					  capture__position_bytes(replay->capture));
}

static bool is_stopped(const struct replay *replay)
{
	bool (*stopped)(void) = replay->options->runner.stopped;

	return stopped && stopped();
}

/* Feeds the next frame. Return: 1, 0 at the end, or a negative errno. */
static int feed_next(struct replay *replay, struct errmsg *why)
{
	struct capture_frame frame;
	int err, ethernet;

	replay->result.damage = capture__next(replay->capture, &frame, why);
	if (replay->result.damage <= 0)
		return 0;
	replay->result.damage = 0;
	ethernet = make_ethernet(replay, &frame);
	if (ethernet < 0)
		return ethernet;
	if (!ethernet) {
		if (!replay->not_replayable++)
			replay->result.refused_linktype = frame.linktype;
		return 1;
	}
	err = feed(replay, &frame, why);
	report_progress(replay);
	return err ?: 1;
}

static int feed_all(struct replay *replay, struct errmsg *why)
{
	int more = 1;

	while (more > 0 && !is_stopped(replay))
		more = feed_next(replay, why);
	if (more < 0)
		return more;
	if (replay->not_replayable && !replay->frames)
		return replay_refuse(replay, replay->result.refused_linktype, why);
	return 0;
}

/* Adds up what the program saw and what it could not be shown: together, all of the file. */
static int reconcile(struct replay *replay, struct errmsg *why)
{
	struct snapshot *snapshot = &replay->result.snapshot;
	__u32 repeat = replay->options->runner.repeat ?: 1;
	int err;

	if (replay->prog) {
		snapshot->packets = replay->frames + replay->not_replayable;
		snapshot->bytes = replay->frame_bytes;
		return 0;
	}
	err = dataplane__read(replay->dataplane, snapshot, why);
	if (err)
		return err;
	snapshot->classes[CLASS_RUNT] += replay->runts * repeat;
	snapshot->classes[CLASS_NOT_REPLAYABLE] += replay->not_replayable * repeat;
	snapshot->packets += (replay->runts + replay->not_replayable) * repeat;
	snapshot->bytes += (replay->runt_bytes + replay->unfed_bytes) * repeat;
	return 0;
}

static int replay_run(struct replay *replay, struct errmsg *why)
{
	int err;

	err = start_capture(replay, why);
	if (err)
		return err;
	err = feed_all(replay, why);
	if (err)
		return err;
	err = runner__finish(replay->runner, &replay->result.timing, why);
	if (err)
		return err;
	/* Also if only repeats were left out, or if the signal interrupted a read. */
	if (is_stopped(replay))
		replay->result.damage =
			errmsg__set(why, -EINTR, "%s: interrupted after %llu frames", replay->path,
				    replay->frames + replay->not_replayable);
	return reconcile(replay, why);
}

static void close_all(struct replay *replay)
{
	free(replay->wrapped);
	runner__close(replay->runner);
	object_prog__close(replay->prog);
	dataplane__close(replay->dataplane);
	capture__close(replay->capture);
	if (replay->file)
		fclose(replay->file);
}

/* Another program's verdicts are from its first pass, its timing from the second. */
static int run_twice(struct replay *verdicts, struct replay *timing, struct replay_result *ret,
		     struct errmsg *why)
{
	int err;

	err = replay_run(verdicts, why);
	if (err)
		return err;
	memcpy(verdicts->result.snapshot.verdicts, verdicts->result.timing.verdicts,
	       sizeof(verdicts->result.snapshot.verdicts));
	*ret = verdicts->result;
	if (timing->runner && !is_stopped(verdicts) && !replay_run(timing, NULL))
		ret->timing = timing->result.timing;
	return 0;
}

/*
 * The files, while all privileges are there. Another program is as untrusted as the capture: before
 * it is parsed, those are given up that loading does not need.
 */
static int open_inputs(struct replay *first, struct replay *second, struct object_file **ret_object,
		       struct errmsg *why)
{
	int err = capture__open_file(first->path, &first->file, why);

	if (err || !first->options->program)
		return err;
	if (first->options->runner.kind == RUNNER_AUTO)
		capture__open_file(second->path, &second->file, NULL);
	err = object_prog__read(first->options->program, ret_object, &first->program, why);
	if (err)
		return err;
	first->object = second->object = *ret_object;
	second->program = first->program;
	return object__confine(why);
}

int replay__file(const char *path, const struct replay_options *options, struct replay_result *ret,
		 struct errmsg *why)
{
	bool twice = options->program && options->runner.kind != RUNNER_FEEDER;
	struct object_file *object = NULL;
	struct replay first = {
		.path = path,
		.options = options,
		.result.refused_linktype = -1,
	};
	struct replay second = first;
	int err;

	err = open_inputs(&first, &second, &object, why);
	if (err)
		goto out;
	err = open_runner(&first, twice ? RUNNER_SYSCALL : options->runner.kind, why);
	if (err)
		goto out;
	if (second.file)
		open_runner(&second, RUNNER_FEEDER,
			    NULL); /* without it, only the timing is missing */
	err = privileges__drop(runner__kind(first.runner) == RUNNER_HOST ? PRIVILEGES_NONE
									 : PRIVILEGES_USE_BPF,
			       why);
	if (err)
		goto out;
	err = twice ? run_twice(&first, &second, ret, why) : replay_run(&first, why);
	if (!err && !twice)
		*ret = first.result;
out:
	close_all(&second);
	close_all(&first);
	object_file__free(object);
	return err;
}
