// SPDX-License-Identifier: GPL-2.0-only
// cmd_events_run: `xdpctl events run` and `xdpctl events test`.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/utf8.h"
#include "common/events/journal_files.h"
#include "ctl/commands.h"
#include "ctl/events/events_options.h"
#include "ctl/events/notifier.h"
#include "ctl/events/recorder.h"
#include "ctl/events/run.h"
#include "ctl/render/format.h"

struct events_run_options {
	const char *config;
	const char *directory;
	const char *output;
};

static const struct option_row run_options[] = {
	EVENTS_OPTION_CONFIG(struct events_run_options, config),
	EVENTS_OPTION_DIRECTORY(struct events_run_options, directory),
	{OPTION_TEXT(struct events_run_options, output), .name = "output", .argument = "FILE",
	 .unset = "standard output",
	 .help = "append events to FILE; SIGHUP opens it again, after a rotation"},
	{},
};

/* Without a file at the usual place, the defaults hold. */
static int events_run_config(const struct cli *cli, const char *path, struct events_config *ret,
			     struct errmsg *why)
{
	int err = events_config__read(path, ret, why);

	if (err != -ENOENT || cli__given(cli, "config"))
		return err;
	*why = (struct errmsg){};
	*ret = events_config__defaults();
	return 0;
}

static int run_events_run(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct events_run_options *options = cli->options;
	const struct run_options run = {
		.interfaces = operands, .directory = options->directory, .output = options->output};
	struct events_config config;
	int err;

	err = events_run_config(cli, options->config, &config, why);
	if (err)
		return err;
	err = run__events(&run, &config, why);
	events_config__free(&config);
	return err;
}

const struct command events_run_command = {
	.name = "events run",
	.operands = "[IFACE...]",
	.summary = "detect attacks and other events, record them and tell others",
	.max_operands = -1,
	.takes = TAKES_VERBOSE | TAKES_NETNS,
	.options = run_options,
	.options_bytes = sizeof(struct events_run_options),
	.run = run_events_run,
};

static const struct option_row test_options[] = {
	EVENTS_OPTION_CONFIG(struct events_run_options, config),
	{},
};

static void make_test(const char *name, struct journal_line *ret)
{
	struct recorder recorder = {};
	struct event event;

	gethostname(recorder.gateway, sizeof(recorder.gateway) - 1);
	event = recorder__event(&recorder, "", EVENT_TEST, PHASE_POINT, SEVERITY_INFO);
	snprintf(event.test.hook, sizeof(event.test.hook), "%s", name ?: "");
	event__identify(&event, 0, event.time_ns);
	event__summarize(&event);
	if (event__write(&event, ret->text) < 0)
		ret->text[0] = '\0';
}

/* A hook gets the test whichever events it asked for; it is not tried again. */
static void ask_for_tests(struct events_config *config)
{
	for (size_t i = 0; i < config->hook_count; i++) {
		config->hooks[i].kinds |= 1u << EVENT_TEST;
		config->hooks[i].phases |= 1u << PHASE_POINT;
	}
}

/* Each hook has had one attempt. */
static bool has_tried_all(const struct notifier *notifier)
{
	if (notifier__is_idle(notifier))
		return true;
	for (size_t i = 0; i < notifier__hooks(notifier); i++) {
		struct notifier_hook hook = notifier__hook(notifier, i);

		if (!hook.failures && !hook.is_missing && !hook.has_succeeded)
			return false;
	}
	return true;
}

static int report_tests(const struct notifier *notifier, struct errmsg *why)
{
	int err = 0;

	for (size_t i = 0; i < notifier__hooks(notifier); i++) {
		struct notifier_hook hook = notifier__hook(notifier, i);

		if (hook.has_succeeded)
			printf("%s: has the event\n", UTF8_PRINTABLE(hook.name));
		else
			err = errmsg__set(why, -EIO, "hook %s did not take the event",
					  UTF8_PRINTABLE(hook.name));
	}
	if (!notifier__hooks(notifier))
		printf("no hooks in the configuration\n");
	return err;
}

static int test_hooks(const struct events_config *config, const char *name, struct errmsg *why)
{
	const struct notifier_options options = {.config = config, .only = name};
	struct notifier *notifier;
	struct journal_line line;
	int err;

	err = notifier__new(&options, &notifier, why);
	if (err)
		return err;
	make_test(name, &line);
	notifier__add(notifier, line.text);
	notifier__run(notifier);
	while (!has_tried_all(notifier)) {
		struct pollfd ready = {.fd = notifier__fd(notifier), .events = POLLIN};

		poll(&ready, 1, 1000);
		notifier__run(notifier);
	}
	err = report_tests(notifier, why);
	notifier__free(notifier);
	return err;
}

static int run_events_test(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct events_run_options *options = cli->options;
	struct events_config config;
	int err;

	err = events_run_config(cli, options->config, &config, why);
	if (err)
		return err;
	ask_for_tests(&config);
	err = test_hooks(&config, operands[0], why);
	events_config__free(&config);
	return err;
}

const struct command events_test_command = {
	.name = "events test",
	.operands = "[NAME]",
	.summary = "send a test event to all hooks, or to one",
	.max_operands = 1,
	.options = test_options,
	.options_bytes = sizeof(struct events_run_options),
	.run = run_events_test,
};
