// SPDX-License-Identifier: GPL-2.0-only
// cmd_events_list: `xdpctl events` and `xdpctl events follow`: what the journal has.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/quantity.h"
#include "common/base/utf8.h"
#include "common/events/journal_reader.h"
#include "ctl/commands.h"
#include "ctl/events/event_text.h"
#include "ctl/events/events_options.h"
#include "ctl/render/format.h"

struct events_list_options {
	const char *directory;
	bool open;
	__u32 since_s;
	bool jsonl;
	enum event_format format;
	__u64 after;
	bool after_given;
};

static const struct option_row list_options[] = {
	{OPTION_FLAG(struct events_list_options, open), .name = "open",
	 .help = "only what began and has not ended"},
	{OPTION_PARSED(struct events_list_options, since_s), .name = "since", .argument = "TIME",
	 .parse = quantity__duration, .unset = "all that is kept",
	 .help = "only events of the last TIME: 90s, 10m, 1h or 2d"},
	{OPTION_FLAG(struct events_list_options, jsonl), .name = "jsonl", .without = "json",
	 .help = "print one JSON object per line, as in the journal"},
	EVENTS_OPTION_FORMAT(struct events_list_options, format),
	EVENTS_OPTION_DIRECTORY(struct events_list_options, directory),
	{},
};

/* Events that are shown, oldest first. */
struct event_list {
	struct event_list_item {
		struct event event;
		char *line;
	} * items;
	size_t count, room;
};

static void event_list__remove(struct event_list *list, size_t number)
{
	free(list->items[number].line);
	list->count--;
	memmove(&list->items[number], &list->items[number + 1],
		(list->count - number) * sizeof(*list->items));
}

/* Return: a new last element, or NULL without memory. */
static struct event_list_item *event_list__grow(struct event_list *list)
{
	size_t room = list->room ? 2 * list->room : 64;
	struct event_list_item *grown;

	if (list->count == list->room) {
		grown = reallocarray(list->items, room, sizeof(*grown));
		if (!grown)
			return NULL;
		list->items = grown;
		list->room = room;
	}
	return &list->items[list->count];
}

static int event_list__add(struct event_list *list, const struct event *event,
			   const struct journal_record *record)
{
	struct event_list_item *item = event_list__grow(list);

	if (!item || asprintf(&item->line, "%.*s", (int)record->bytes, record->line) < 0)
		return -ENOMEM;
	item->event = *event;
	list->count++;
	return 0;
}

static void event_list__free(struct event_list *list)
{
	while (list->count)
		event_list__remove(list, list->count - 1);
	free(list->items);
}

/* Only the latest phase of what is open stays. */
static void drop_former(struct event_list *list, const struct event *event)
{
	for (size_t i = list->count; i-- > 0;)
		if (list->items[i].event.id == event->id)
			event_list__remove(list, i);
}

struct event_filter {
	const struct events_list_options *options;
	const char *interface; /* NULL: all */
	__u64 since_ns;
};

static bool event_filter__wants(const struct event_filter *filter, const struct event *event)
{
	return (!filter->interface || !strcmp(filter->interface, event->interface)) &&
	       event->time_ns >= filter->since_ns;
}

static int take_event(struct event_list *list, const struct event_filter *filter,
		      const struct journal_record *record)
{
	struct event event;

	if (event__read(record->line, record->bytes, &event, NULL))
		return 0;
	if (!filter->options->open)
		return event_filter__wants(filter, &event) ? event_list__add(list, &event, record)
							   : 0;
	drop_former(list, &event);
	if (event.phase == PHASE_ENDED || event.phase == PHASE_POINT ||
	    (filter->interface && strcmp(filter->interface, event.interface)))
		return 0;
	return event_list__add(list, &event, record);
}

static int read_events(const struct event_filter *filter, struct event_list *list,
		       struct errmsg *why)
{
	struct journal_reader *reader;
	struct journal_record record;
	int got;

	got = journal_reader__open(filter->options->directory, 0, &reader, why);
	if (got)
		return got;
	while ((got = journal_reader__next(reader, &record, why)) == 1) {
		got = take_event(list, filter, &record);
		if (got) {
			errmsg__set(why, got, "out of memory");
			break;
		}
	}
	journal_reader__close(reader);
	return got;
}

static int print_json_events(const struct event_list *list, struct errmsg *why)
{
	json_t *events = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(events, json_loads(list->items[i].line, 0, NULL));
	return cli__print_json(json_pack("{s:i, s:o}", "schema", JSON_SCHEMA, "events", events),
			       why);
}

/* As in the journal, whatever a later version may have added, unless another format is wanted. */
static void print_event_line(const char *line, size_t bytes, const struct event *event,
			     enum event_format format)
{
	char buf[EVENT_FORMAT_BYTES];

	if (format == EVENT_FORMAT_XDPCTL)
		printf("%.*s\n", (int)bytes, line);
	else if (event__format(event, format, buf) > 0)
		fputs(buf, stdout);
}

static void print_events(const struct event_list *list, const struct events_list_options *options)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct event_list_item *item = &list->items[i];

		if (options->jsonl)
			print_event_line(item->line, strlen(item->line), &item->event,
					 options->format);
		else
			event_text__print(&item->event);
	}
	if (!list->count && !options->jsonl)
		puts(options->open ? "nothing is open" : "no events");
}

static int run_events_list(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct events_list_options *options = cli->options;
	struct event_filter filter = {.options = options, .interface = operands[0]};
	struct event_list list = {};
	int err;

	if (options->since_s)
		filter.since_ns = clock__wall_ns() - options->since_s * NS_PER_S;
	err = read_events(&filter, &list, why);
	if (!err && cli->json)
		err = print_json_events(&list, why);
	else if (!err)
		print_events(&list, options);
	event_list__free(&list);
	return err;
}

const struct command events_command = {
	.name = "events",
	.operands = "[IFACE]",
	.summary = "list events that 'events run' has recorded",
	.max_operands = 1,
	.takes = TAKES_JSON,
	.options = list_options,
	.options_bytes = sizeof(struct events_list_options),
	.run = run_events_list,
};

static const struct option_row follow_options[] = {
	{OPTION_NUMBER(struct events_list_options, after), .name = "after", .argument = "SEQUENCE",
	 .max = 1ull << 53, .unset = "the last one now",
	 .help = "begin behind the event of that sequence; 0: with the oldest"},
	{OPTION_FLAG(struct events_list_options, jsonl), .name = "jsonl",
	 .help = "print one JSON object per line, as in the journal"},
	EVENTS_OPTION_FORMAT(struct events_list_options, format),
	EVENTS_OPTION_DIRECTORY(struct events_list_options, directory),
	{},
};

static void print_record(const struct journal_record *record,
			 const struct events_list_options *options)
{
	struct event event = {};
	int err = event__read(record->line, record->bytes, &event, NULL);

	if (options->jsonl && (!err || options->format == EVENT_FORMAT_XDPCTL))
		print_event_line(record->line, record->bytes, &event, options->format);
	else if (!err)
		event_text__print(&event);
}

/* Return: 0 when all that there is was read, and printed if it is wanted; or -errno. */
static int follow_once(struct journal_reader *reader, const struct events_list_options *options,
		       bool prints, struct errmsg *why)
{
	struct journal_record record;
	int got;

	while ((got = journal_reader__next(reader, &record, why)) == 1)
		if (prints)
			print_record(&record, options);
	if (!got && prints && (fflush(stdout) || ferror(stdout)))
		return errmsg__set(why, -EPIPE, "standard output: cannot write: %s",
				   strerror(errno));
	return got;
}

/* Until the directory changes, or the reader of standard output has closed it. */
static bool wait_for_change(int inotify_fd)
{
	struct pollfd fds[] = {{.fd = inotify_fd, .events = POLLIN}, {.fd = STDOUT_FILENO}};
	char changes[4096] __attribute__((aligned(8)));

	if (poll(fds, 2, -1) < 0 || fds[1].revents & POLLERR)
		return false;
	return read(inotify_fd, changes, sizeof(changes)) > 0;
}

static int run_events_follow(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct events_list_options *options = cli->options;
	int err, inotify_fd = inotify_init1(IN_CLOEXEC);
	struct journal_reader *reader;

	(void)operands;
	err = journal_reader__open(options->directory, options->after, &reader, why);
	if (err)
		goto out;
	if (inotify_fd < 0 ||
	    inotify_add_watch(inotify_fd, options->directory, IN_MODIFY | IN_CREATE) < 0) {
		err = errmsg__set(why, -errno, "%s: cannot watch it: %s", options->directory,
				  strerror(errno));
		journal_reader__close(reader);
		goto out;
	}
	err = follow_once(reader, options, cli__given(cli, "after"), why);
	while (!err && wait_for_change(inotify_fd))
		err = follow_once(reader, options, true, why);
	journal_reader__close(reader);
out:
	if (inotify_fd >= 0)
		close(inotify_fd);
	return err;
}

const struct command events_follow_command = {
	.name = "events follow",
	.operands = "",
	.summary = "print events as they are recorded",
	.options = follow_options,
	.options_bytes = sizeof(struct events_list_options),
	.run = run_events_follow,
};
