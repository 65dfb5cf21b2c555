// SPDX-License-Identifier: GPL-2.0-only
// notifier: hand events to everybody that the configuration names, each at its own pace.
#include "ctl/events/notifier.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "common/events/cursor.h"
#include "common/events/journal_reader.h"
#include "common/events/notify_exec.h"
#include "common/events/notify_stream.h"
#include "ctl/events/journald_hook.h"
#include "ctl/events/service.h"

#define CURSOR_NAME_BYTES 64
#define STOP_NS (2 * NS_PER_S) /* running programs get so long to end */
#define OUTPUT_CURSOR "output"

struct notifier_entry {
	const struct notify_hook *config;
	struct notify_exec *exec; /* or else: */
	struct journald_hook journald;
	__u64 stored; /* its cursor on disk */
	bool was_missing;
};

struct notifier {
	struct notifier_options options;
	int epoll_fd;
	struct notifier_entry *entries;
	size_t count;
	struct notify_stream *output, *printed;
	__u64 output_stored;
	bool output_failed, printed_failed; /* it was said once */
};

static void notifier_say(void *context, const char *text)
{
	(void)context;
	service__say(text);
}

static const char *cursor_name(const struct notifier_entry *entry, char buf[CURSOR_NAME_BYTES])
{
	snprintf(buf, CURSOR_NAME_BYTES, "hook-%s", entry->config->name);
	return buf;
}

static bool entry_wants(const struct notifier_entry *entry, const struct journal_record *record)
{
	const struct notify_hook *config = entry->config;
	int kind = event_word__find(event_kind_names, record->event);

	return kind >= 0 && config->kinds >> kind & 1 && config->phases >> record->phase & 1;
}

static void entry_push(struct notifier_entry *entry, const struct journal_record *record)
{
	if (!entry_wants(entry, record))
		return;
	if (entry->exec)
		notify_exec__push(entry->exec, record);
	else
		notify_queue__push(&entry->journald.queue, record);
}

/* What the journal has behind the cursor of a hook. */
static int entry_catch_up(const struct notifier *notifier, struct notifier_entry *entry,
			  struct errmsg *why)
{
	const struct notifier_options *options = &notifier->options;
	char name[CURSOR_NAME_BYTES];
	struct journal_reader *reader;
	struct journal_record record;
	int err;

	if (!options->directory)
		return 0;
	/* A new hook begins with what happens from now on. */
	if (cursor__load(options->directory, cursor_name(entry, name), &entry->stored)) {
		entry->stored = options->sequence;
		cursor__store(options->directory, name, entry->stored);
		return 0;
	}
	err = journal_reader__open(options->directory, entry->stored, &reader, why);
	if (err)
		return err;
	while ((err = journal_reader__next(reader, &record, why)) == 1)
		entry_push(entry, &record);
	journal_reader__close(reader);
	return err;
}

static int entry_start(struct notifier *notifier, struct notifier_entry *entry,
		       const struct notify_hook *config, struct errmsg *why)
{
	const struct notify_exec_options options = {.name = config->name,
						    .argv = config->argv,
						    .timeout_s = config->timeout_s,
						    .epoll_fd = notifier->epoll_fd,
						    .say = notifier_say};
	int err = 0;

	entry->config = config;
	entry->journald.fd = -1;
	if (config->argv)
		entry->exec = notify_exec__new(&options);
	else
		err = journald_hook__open(&entry->journald);
	if (err || (config->argv && !entry->exec))
		return errmsg__set(why, err ?: -ENOMEM, "hook %s: %s", config->name,
				   strerror(err ? -err : ENOMEM));
	return entry_catch_up(notifier, entry, why);
}

static int start_entries(struct notifier *notifier, struct errmsg *why)
{
	const struct events_config *config = notifier->options.config;
	const char *only = notifier->options.only;
	int err = 0;

	notifier->entries = calloc(config->hook_count + 1, sizeof(*notifier->entries));
	if (!notifier->entries)
		return errmsg__set(why, -ENOMEM, "out of memory");
	for (size_t i = 0; !err && i < config->hook_count; i++)
		if (!only || !strcmp(only, config->hooks[i].name))
			err = entry_start(notifier, &notifier->entries[notifier->count++],
					  &config->hooks[i], why);
	if (!err && only && !notifier->count)
		err = errmsg__set(why, -ENOENT, "no hook '%s' in the configuration",
				  UTF8_PRINTABLE(only));
	return err;
}

static int start_output(struct notifier *notifier, struct errmsg *why)
{
	const struct notifier_options *options = &notifier->options;
	int err = 0;

	if (options->output) {
		if (cursor__load(options->directory, OUTPUT_CURSOR, &notifier->output_stored))
			notifier->output_stored = options->sequence;
		err = notify_stream__open(options->directory, options->output,
					  notifier->output_stored, &notifier->output, why);
	}
	if (!err && options->prints)
		err = notify_stream__open(options->directory, NULL, options->sequence,
					  &notifier->printed, why);
	return err;
}

int notifier__new(const struct notifier_options *options, struct notifier **ret, struct errmsg *why)
{
	struct notifier *notifier = calloc(1, sizeof(*notifier));
	int err;

	if (!notifier)
		return errmsg__set(why, -ENOMEM, "out of memory");
	notifier->options = *options;
	notifier->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	err = notifier->epoll_fd < 0
		      ? errmsg__set(why, -errno, "waiting for hooks: %s", strerror(errno))
		      : start_entries(notifier, why);
	if (!err)
		err = start_output(notifier, why);
	if (err)
		notifier__free(notifier);
	else
		*ret = notifier;
	return err;
}

int notifier__fd(const struct notifier *notifier)
{
	return notifier->epoll_fd;
}

void notifier__add(struct notifier *notifier, const char *line)
{
	size_t bytes = strcspn(line, "\n");
	struct journal_record record;

	if (journal_record__parse(line, bytes, &record))
		return;
	for (size_t i = 0; i < notifier->count; i++)
		entry_push(&notifier->entries[i], &record);
	/* The others read the journal themselves. */
	if (!record.sequence && notifier->output)
		notify_stream__add(notifier->output, line, bytes);
	if (!record.sequence && notifier->printed)
		notify_stream__add(notifier->printed, line, bytes);
}

static void run_stream(struct notify_stream *stream, bool *was_said)
{
	struct errmsg why = {};

	if (!stream)
		return;
	if (!notify_stream__run(stream, &why)) {
		*was_said = false;
		return;
	}
	if (!*was_said)
		service__say(why.text);
	*was_said = true;
}

static void run_journald(struct notifier_entry *entry)
{
	journald_hook__run(&entry->journald);
	if (entry->journald.is_missing && !entry->was_missing)
		service__say("the systemd journal does not run here: its events wait");
	entry->was_missing = entry->journald.is_missing;
}

static __u64 entry_done(const struct notifier_entry *entry)
{
	return entry->exec ? notify_exec__done(entry->exec) : entry->journald.done;
}

/* A cursor that cannot be stored is stored with the next event: repeats are told by their ids. */
static void store_cursors(struct notifier *notifier)
{
	const char *directory = notifier->options.directory;
	char name[CURSOR_NAME_BYTES];

	for (size_t i = 0; directory && i < notifier->count; i++) {
		struct notifier_entry *entry = &notifier->entries[i];
		__u64 done = entry_done(entry);

		if (done > entry->stored &&
		    !cursor__store(directory, cursor_name(entry, name), done))
			entry->stored = done;
	}
	if (notifier->output && notify_stream__done(notifier->output) > notifier->output_stored &&
	    !cursor__store(directory, OUTPUT_CURSOR, notify_stream__done(notifier->output)))
		notifier->output_stored = notify_stream__done(notifier->output);
}

void notifier__run(struct notifier *notifier)
{
	__u64 now_ns = clock__now_ns();

	run_stream(notifier->output, &notifier->output_failed);
	run_stream(notifier->printed, &notifier->printed_failed);
	for (size_t i = 0; i < notifier->count; i++)
		if (notifier->entries[i].exec)
			notify_exec__run(notifier->entries[i].exec, now_ns);
		else
			run_journald(&notifier->entries[i]);
	store_cursors(notifier);
}

void notifier__reopen(struct notifier *notifier)
{
	struct errmsg why = {};

	if (!notifier->output)
		return;
	/* What is left goes to the old file. */
	notify_stream__run(notifier->output, NULL);
	if (notify_stream__reopen(notifier->output, &why))
		service__say(why.text);
}

bool notifier__is_idle(const struct notifier *notifier)
{
	for (size_t i = 0; i < notifier->count; i++) {
		const struct notifier_entry *entry = &notifier->entries[i];

		if (entry->exec ? !notify_exec__is_idle(entry->exec) : entry->journald.queue.count)
			return false;
	}
	return true;
}

size_t notifier__hooks(const struct notifier *notifier)
{
	return notifier->count;
}

struct notifier_hook notifier__hook(const struct notifier *notifier, size_t number)
{
	const struct notifier_entry *entry = &notifier->entries[number];
	struct notifier_hook hook = {.name = entry->config->name};
	struct notify_exec_counts counts;

	if (!entry->exec) {
		hook.failures = hook.given_up = entry->journald.failures;
		hook.lost = entry->journald.queue.lost;
		hook.is_missing = entry->journald.is_missing;
		hook.has_succeeded = entry->journald.sent > 0;
		return hook;
	}
	counts = notify_exec__counts(entry->exec);
	hook.started = counts.started;
	hook.failures = counts.failures;
	hook.given_up = counts.given_up;
	hook.lost = counts.lost;
	hook.has_succeeded = counts.succeeded > 0;
	return hook;
}

__u64 notifier__lost(const struct notifier *notifier)
{
	__u64 lost = 0;

	for (size_t i = 0; i < notifier->count; i++) {
		struct notifier_hook hook = notifier__hook(notifier, i);

		lost += hook.lost + hook.given_up;
	}
	lost += notifier->output ? notify_stream__lost(notifier->output) : 0;
	return lost + (notifier->printed ? notify_stream__lost(notifier->printed) : 0);
}

/* Programs that run are asked to end, and killed if they do not within a moment. */
static void stop_hooks(struct notifier *notifier)
{
	__u64 until_ns = clock__now_ns() + STOP_NS;
	struct epoll_event ready;
	bool any = false;

	for (size_t i = 0; i < notifier->count; i++)
		if (notifier->entries[i].exec)
			any |= notify_exec__stop(notifier->entries[i].exec);
	while (any && clock__now_ns() < until_ns) {
		epoll_wait(notifier->epoll_fd, &ready, 1, 100);
		any = false;
		for (size_t i = 0; i < notifier->count; i++)
			if (notifier->entries[i].exec)
				any |= notify_exec__reap(notifier->entries[i].exec);
	}
}

void notifier__free(struct notifier *notifier)
{
	if (!notifier)
		return;
	stop_hooks(notifier);
	if (notifier->options.directory)
		store_cursors(notifier);
	for (size_t i = 0; i < notifier->count; i++) {
		notify_exec__free(notifier->entries[i].exec);
		if (!notifier->entries[i].exec)
			journald_hook__close(&notifier->entries[i].journald);
	}
	notify_stream__close(notifier->output);
	notify_stream__close(notifier->printed);
	if (notifier->epoll_fd >= 0)
		close(notifier->epoll_fd);
	free(notifier->entries);
	free(notifier);
}
