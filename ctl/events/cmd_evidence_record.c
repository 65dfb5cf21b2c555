// SPDX-License-Identifier: GPL-2.0-only
// cmd_evidence_record: `xdpctl evidence record`.
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/address/endpoint.h"
#include "common/base/address_port.h"
#include "common/base/clock.h"
#include "common/base/quantity.h"
#include "common/base/stop_signal.h"
#include "common/base/utf8.h"
#include "common/counts/policy_counts.h"
#include "common/replay/runner_host.h"
#include "ctl/commands.h"
#include "ctl/events/sample_recorder.h"
#include "ctl/render/format.h"

enum snap { SNAP_96, SNAP_224 };

static const char *const snap_words[] = {[SNAP_96] = "96", [SNAP_224] = "224", NULL};

struct record_options {
	const char *path;
	struct option_list reasons;
	const char *victim;
	__u32 rate_pps;
	__u64 every;
	enum snap snap;
	__u32 for_s; /* 0: no end */
	__u64 file_mib;
	__u64 files;
	bool plain;
};

static const struct option_row record_options[] = {
	{OPTION_TEXT(struct record_options, path), .name = "write", .letter = 'w',
	 .argument = "FILE", .fallback = "-",
	 .help = "write a pcapng file; '-' is standard output"},
	{OPTION_LIST(struct record_options, reasons), .name = "reason", .argument = "NAME",
	 .unset = "all", .help = "only packets of this reason or class; may be repeated"},
	{OPTION_TEXT(struct record_options, victim), .name = "victim", .argument = "ADDRESS",
	 .unset = "all", .help = "write only packets to this address, or ADDRESS:PORT"},
	{OPTION_PARSED(struct record_options, rate_pps), .name = "rate", .argument = "N/s",
	 .parse = quantity__rate, .fallback = "50/s", .without = "every",
	 .help = "samples a second, spread over the reasons that occur"},
	{OPTION_NUMBER(struct record_options, every), .name = "every", .argument = "N", .min = 1,
	 .max = 1000000000, .help = "one of N packets of each reason instead; 1: all"},
	{OPTION_CHOICE(struct record_options, snap), .name = "snap", .words = snap_words,
	 .unset = "96", .help = "bytes of a packet; payload of TCP is left out"},
	{OPTION_PARSED(struct record_options, for_s), .name = "for", .argument = "TIME",
	 .parse = quantity__duration, .unset = "until it is interrupted", .help = "end after TIME"},
	{OPTION_NUMBER(struct record_options, file_mib), .name = "file-size", .letter = 'C',
	 .argument = "MIB", .min = 1, .max = 1 << 20, .with = "write",
	 .help = "begin the next file after MIB"},
	{OPTION_NUMBER(struct record_options, files), .name = "files", .letter = 'W',
	 .argument = "N", .min = 1, .max = 10000, .with = "file-size",
	 .help = "keep N files: each one after that replaces the oldest"},
	{OPTION_FLAG(struct record_options, plain), .name = "plain",
	 .help = "without verdict options, which Wireshark before 4.2 writes wrongly"},
	{},
};

/* What is done with the samples. */
struct recording {
	const struct cli *cli;
	struct evidence *evidence;
	struct endpoint victim; /* family 0: all */
	bool has_port;
	__u64 outside; /* samples of other victims */
};

static int find_word(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static int parse_reasons(const struct option_list *list, struct recorded_choice *ret,
			 struct errmsg *why)
{
	for (size_t i = 0; i < list->count; i++) {
		int reason = find_word(reason_names, REASON_COUNT, list->words[i]);
		int class = find_word(frame_class_names, CLASS_COUNT, list->words[i]);

		if (reason < 0 && class < 0)
			return errmsg__usage(
				why,
				"--reason: '%s' is neither a reason such as drop_limit "
				"nor a class such as syn: 'stats -j' lists both",
				list->words[i]);
		if (reason >= 0)
			ret->reasons |= 1u << reason;
		if (class >= 0)
			ret->classes |= 1u << class;
	}
	return 0;
}

static int record_parse_victim(const char *text, struct recording *ret, struct errmsg *why)
{
	struct address_port parsed;

	if (!text || !endpoint__parse(text, &ret->victim))
		return 0;
	if (!address_port__parse("--victim", text, &parsed, NULL) &&
	    !endpoint__parse(parsed.address, &ret->victim)) {
		ret->victim.port = htons(parsed.port);
		ret->has_port = true;
		return 0;
	}
	return errmsg__usage(why,
			     "--victim: '%s' is neither an address nor ADDRESS:PORT: 192.0.2.1:80, "
			     "[2001:db8::1]:80",
			     text);
}

static bool is_to_victim(const struct recording *recording, const struct recorded_sample *sample)
{
	struct endpoint source, victim;

	if (!recording->victim.family)
		return true;
	runner_host__describe(sample__bytes(sample->sample), sample->sample->slot.captured,
			      sample->raw_ip, &source, &victim);
	return victim.family == recording->victim.family &&
	       !memcmp(victim.address, recording->victim.address, sizeof(victim.address)) &&
	       (!recording->has_port || victim.port == recording->victim.port);
}

/* A sample_recorder_act. */
static int record_sample(void *opaque, const struct recorded_sample *sample, struct errmsg *why)
{
	struct recording *recording = opaque;
	const struct evidence_packet packet = {
		.device = sample->device,
		.slot = &sample->sample->slot,
		.bytes = sample__bytes(sample->sample),
		.rule = sample->rule,
		.wall_ns = sample->wall_ns,
		.lost = sample->sample->lost,
	};

	if (!is_to_victim(recording, sample)) {
		recording->outside++;
		return 0;
	}
	return evidence__add(recording->evidence, &packet, why);
}

static void pass_counts(struct recording *recording, const struct sample_recorder *recorder)
{
	size_t count;

	sample_recorder__devices(recorder, &count);
	for (size_t i = 0; i < count; i++) {
		struct evidence_counts counts = sample_recorder__counts(recorder, i);

		evidence__count(recording->evidence, i, &counts);
	}
}

/* Return: 0 to go on; 1: nothing is left to record; or a negative errno with @why set. */
static int record_once(struct recording *recording, struct sample_recorder *recorder,
		       struct errmsg *why)
{
	int err = sample_recorder__read(recorder, record_sample, recording, why);
	int ended = err > 0;

	if (err >= 0) {
		pass_counts(recording, recorder);
		err = evidence__flush(recording->evidence, why);
	}
	return err ? err : ended;
}

static int record_loop(struct recording *recording, struct sample_recorder *recorder,
		       struct errmsg *why)
{
	const struct record_options *options = recording->cli->options;
	const struct timespec pause = {.tv_nsec = sample_recorder__poll_ns(recorder)};
	__u64 end_ns = options->for_s ? clock__now_ns() + options->for_s * NS_PER_S : ~0ull;
	int err = 0;

	while (!err && !stop_signal__pending() && clock__now_ns() < end_ns) {
		err = record_once(recording, recorder, why);
		if (!err)
			nanosleep(&pause, NULL);
	}
	if (!err)
		err = record_once(recording, recorder, why);
	/* The reader of standard output has seen enough. */
	return err > 0 || err == -EPIPE ? 0 : err;
}

static json_t *device_to_json(const struct evidence_device *device,
			      const struct evidence_counts *counts)
{
	return json_pack("{s:o, s:I, s:I, s:I}", "interface", utf8__json(device->name), "frames",
			 (json_int_t)counts->frames, "taken", (json_int_t)counts->taken, "overrun",
			 (json_int_t)counts->overrun);
}

static int record_print_json(const struct recording *recording,
			     const struct sample_recorder *recorder, __u64 written,
			     struct errmsg *why)
{
	json_t *interfaces = json_array();
	const struct evidence_device *devices;
	size_t count;

	devices = sample_recorder__devices(recorder, &count);
	for (size_t i = 0; i < count; i++) {
		struct evidence_counts counts = sample_recorder__counts(recorder, i);

		json_array_append_new(interfaces, device_to_json(&devices[i], &counts));
	}
	return cli__print_json(json_pack("{s:i, s:I, s:I, s:o}", "schema", JSON_SCHEMA, "written",
					 (json_int_t)written, "outside",
					 (json_int_t)recording->outside, "interfaces", interfaces),
			       why);
}

/* On standard error if the file is on standard output. */
static void record_print_text(const struct recording *recording,
			      const struct sample_recorder *recorder, __u64 written, bool to_stdout)
{
	const struct evidence_device *devices;
	FILE *out = to_stdout ? stderr : stdout;
	size_t count;

	devices = sample_recorder__devices(recorder, &count);
	for (size_t i = 0; i < count; i++) {
		struct evidence_counts counts = sample_recorder__counts(recorder, i);

		fprintf(out, "%s: %llu samples of %llu packets, %llu overrun\n",
			UTF8_PRINTABLE(devices[i].name), counts.taken, counts.frames,
			counts.overrun);
	}
	fprintf(out, "%llu written", written);
	if (recording->victim.family)
		fprintf(out, ", %llu to other victims", recording->outside);
	fputc('\n', out);
}

static int print_summary(const struct recording *recording, const struct sample_recorder *recorder,
			 __u64 written, struct errmsg *why)
{
	const struct record_options *options = recording->cli->options;
	bool to_stdout = !strcmp(options->path, "-");

	if (recording->cli->json && !to_stdout)
		return record_print_json(recording, recorder, written, why);
	record_print_text(recording, recorder, written, to_stdout);
	return 0;
}

/* A recording that was killed keeps what it had under another name. */
static int recover_file(const struct cli *cli, const char *path, struct errmsg *why)
{
	char to[4096];
	int found;

	if (!strcmp(path, "-"))
		return 0;
	snprintf(to, sizeof(to), "%s.recovered", path);
	found = evidence__recover(path, to, why);
	if (found > 0)
		cli__note(cli, "%s: of a recording that did not end: it is now %s.recovered",
			  UTF8_PRINTABLE(path), UTF8_PRINTABLE(path));
	return found < 0 ? found : 0;
}

static int record_to(struct recording *recording, struct sample_recorder *recorder,
		     struct errmsg *why)
{
	const struct record_options *options = recording->cli->options;
	struct evidence_config config = {
		.path = options->path,
		.snaplen = options->snap == SNAP_224 ? SAMPLE_WIDE_BYTES : SAMPLE_BYTES,
		.file_bytes = options->file_mib << 20,
		.files = options->files,
		.plain = options->plain,
	};
	__u64 written;
	int closed, err;

	config.devices = sample_recorder__devices(recorder, &config.device_count);
	err = recover_file(recording->cli, options->path, why);
	if (!err)
		err = evidence__open(&config, &recording->evidence, why);
	if (err)
		return err;
	err = record_loop(recording, recorder, why);
	written = evidence__written(recording->evidence);
	closed = evidence__close(recording->evidence, err ? NULL : why);
	if (!err && closed != -EPIPE)
		err = closed;
	return err ? err : print_summary(recording, recorder, written, why);
}

static int run_record(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct record_options *options = cli->options;
	struct sample_recorder_config config = {
		.rate_pps = options->rate_pps,
		.every = options->every,
		.choice.wide = options->snap == SNAP_224,
	};
	struct recording recording = {.cli = cli};
	struct sample_recorder *recorder;
	int closed, err;

	err = parse_reasons(&options->reasons, &config.choice, why);
	if (!err)
		err = record_parse_victim(options->victim, &recording, why);
	if (err)
		return err;
	if (!strcmp(options->path, "-") && isatty(STDOUT_FILENO))
		return errmsg__usage(why, "standard output is a terminal: use -w FILE, or '| "
					  "tshark -r -'");
	/* From here on the sampling program must be taken away again. */
	signal(SIGPIPE, SIG_IGN);
	stop_signal__catch();
	err = sample_recorder__open(cli, operands, &config, &recorder, why);
	if (err)
		return err;
	err = record_to(&recording, recorder, why);
	closed = sample_recorder__close(recorder, err ? NULL : why);
	stop_signal__release();
	return err ? err : closed;
}

const struct command evidence_record_command = {
	.name = "evidence record",
	.operands = "[IFACE...]",
	.summary = "write headers of packets with their verdicts to a pcapng file",
	.min_operands = 0,
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_NETNS,
	.options = record_options,
	.options_bytes = sizeof(struct record_options),
	.run = run_record,
};
