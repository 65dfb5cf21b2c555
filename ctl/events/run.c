// SPDX-License-Identifier: GPL-2.0-only
// run: the daemon: read all interfaces once a second, and record what happens.
#include "ctl/events/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/events/journal_files.h"
#include "ctl/events/monitored.h"
#include "ctl/events/service.h"
#include "ctl/monitor/ticker.h"

#define SAVE_NS (10 * NS_PER_S) /* the state is saved so often while attacks are open */
#define GAP_NS (3 * NS_PER_S)   /* without a run, that is reported */

struct run {
	const struct run_options *options;
	struct watch watch;
	struct monitored *list;
	size_t count;
	struct monitoring monitoring;
	struct recorder recorder;
	struct saved_state restored;
	struct ticker ticker;
	__u64 last_ns;  /* when the interfaces were read last */
	__u64 saved_ns; /* when the state was saved */
	__u64 saved_sequence;
	bool is_failing; /* a reading failed, and it was said */
};

static void run_know(void *context, const struct event *event)
{
	struct run *run = context;

	recorder__know(&run->recorder, event->id, event->phase);
}

static struct monitored *run_find(const struct run *run, const char *interface)
{
	for (size_t i = 0; i < run->count; i++)
		if (!strcmp(run->list[i].interface, interface))
			return &run->list[i];
	return NULL;
}

static struct monitored *run_add(struct run *run, const char *interface)
{
	struct monitored *grown = reallocarray(run->list, run->count + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	run->list = grown;
	grown[run->count] = (struct monitored){};
	snprintf(grown[run->count].interface, IFNAMSIZ, "%s", interface);
	return &grown[run->count++];
}

/* What an earlier run left: its open attacks go on. */
static int run_restore(struct run *run, struct errmsg *why)
{
	struct saved_state *restored = &run->restored;
	int err = 0;

	run->monitoring.continues = restored->time_ns > 0;
	for (size_t i = 0; !err && i < restored->count; i++) {
		const struct saved_interface *saved = &restored->interfaces[i];
		struct monitored *monitored;

		if (!names__include(run->options->interfaces, saved->interface))
			continue;
		monitored = run_add(run, saved->interface);
		err = monitored ? monitored__restore(monitored, &run->monitoring, saved, why)
				: -ENOMEM;
	}
	return err;
}

/* Nothing was read between two runs. */
static void send_gap(struct run *run)
{
	__u64 now_ns = clock__wall_ns(), from_ns = run->restored.time_ns;
	struct event event;

	if (!from_ns || now_ns < from_ns + GAP_NS)
		return;
	event = recorder__event(&run->recorder, "", EVENT_LOSS, PHASE_POINT, SEVERITY_NOTICE);
	event.loss.where = LOSS_UNOBSERVED;
	event.loss.from_ns = from_ns;
	event.loss.to_ns = now_ns;
	recorder__send(&run->recorder, &event, 0, from_ns);
}

static int run_save(struct run *run, struct errmsg *why)
{
	struct saved_state state = {.sequence = journal__state(run->recorder.journal)->sequence,
				    .time_ns = clock__wall_ns(),
				    .counts = recorder__counts(&run->recorder)};
	int err = 0;

	for (size_t i = 0; !err && i < run->count; i++)
		err = monitored__save(&run->list[i], &state);
	if (!err)
		err = saved_state__store(run->options->directory, &state, why);
	saved_state__free(&state);
	run->saved_ns = clock__now_ns();
	run->saved_sequence = journal__state(run->recorder.journal)->sequence;
	return err;
}

static int run_follow(struct run *run)
{
	bool has_interval = run->watch.rate_readings > 1;
	int err = 0;

	for (size_t i = 0; !err && i < run->watch.count; i++) {
		const struct watched *watched = &run->watch.list[i];
		struct monitored *monitored = run_find(run, watched->interface);

		if (!monitored)
			monitored = run_add(run, watched->interface);
		err = monitored ? monitored__follow(monitored, &run->monitoring, watched,
						    has_interval)
				: -ENOMEM;
	}
	for (size_t i = 0; !err && i < run->count; i++)
		if (!watch__find(&run->watch, run->list[i].interface))
			err = monitored__follow(&run->list[i], &run->monitoring, NULL, false);
	return err;
}

/* A reading that fails is said once, and tried again. */
static int run_read(struct run *run)
{
	struct errmsg why = {};
	__u64 now_ns = clock__now_ns();

	event_cap__pass_time(&run->recorder.cap, run->last_ns ? now_ns - run->last_ns : 0);
	run->last_ns = now_ns;
	if (!watch__read(&run->watch, &why)) {
		run->is_failing = false;
		return run_follow(run);
	}
	if (!run->is_failing)
		service__say(why.text);
	run->is_failing = true;
	return 0;
}

static void run_publish(struct run *run)
{
	recorder__flush(&run->recorder);
	if (journal__state(run->recorder.journal)->sequence != run->saved_sequence ||
	    clock__now_ns() - run->saved_ns >= SAVE_NS)
		run_save(run, NULL);
	service__notify("WATCHDOG=1");
}

static int run_loop(struct run *run, struct errmsg *why)
{
	enum ticker_event event;
	int err = 0;

	do {
		event = ticker__wait(&run->ticker, notifier__fd(run->recorder.notifier));
		if (event == TICKER_TICK) {
			err = run_read(run);
			run_publish(run);
		} else if (event == TICKER_READY) {
			notifier__run(run->recorder.notifier);
		} else if (event == TICKER_HANGUP) {
			notifier__reopen(run->recorder.notifier);
		}
	} while (!err && event != TICKER_END);
	return err ? errmsg__set(why, err, "reading the interfaces: %s", strerror(-err)) : 0;
}

static int run_start(struct run *run, const struct events_config *config, struct errmsg *why)
{
	const struct run_options *options = run->options;
	const struct journal_options defaults = {};
	struct notifier_options hooks = {.config = config,
					 .directory = options->directory,
					 .output = options->output,
					 .prints = !options->output};
	int err;

	/* The lock comes first: another run may be writing the state. */
	err = journal__open(options->directory, &defaults, &run->recorder.journal, why);
	if (err)
		return err;
	err = saved_state__load(options->directory, run_know, run, &run->restored, why);
	if (err)
		return err;
	run->recorder.before = run->restored.counts;
	journal__use_sequence(run->recorder.journal, run->restored.sequence);
	hooks.sequence = journal__state(run->recorder.journal)->sequence;
	err = notifier__new(&hooks, &run->recorder.notifier, why);
	return err ?: run_restore(run, why);
}

static int run_work(struct run *run, const struct events_config *config, struct errmsg *why)
{
	int err = run_start(run, config, why);

	if (err)
		return err;
	err = ticker__open(NS_PER_S, &run->ticker, why);
	if (err)
		return err;
	run->ticker.outlives_reader = run->ticker.tells_hangup = true;
	send_gap(run);
	err = run_read(run);
	run_publish(run);
	service__notify("READY=1\nSTATUS=Reading all interfaces once a second");
	if (!err)
		err = run_loop(run, why);
	service__notify("STOPPING=1");
	recorder__flush(&run->recorder);
	run_save(run, NULL);
	ticker__close(&run->ticker);
	return err;
}

int run__events(const struct run_options *options, const struct events_config *config,
		struct errmsg *why)
{
	struct run run = {.options = options,
			  .watch = {.names = options->interfaces,
				    .rates = true,
				    .windows = true,
				    .heaviest = true,
				    .keeps_detached = true,
				    .view = {.order = ORDER_BY_RATE}},
			  .monitoring = {.recorder = &run.recorder, .rules = &config->detect}};
	int err;

	event_cap__start(&run.recorder.cap);
	gethostname(run.recorder.gateway, sizeof(run.recorder.gateway) - 1);
	signal(SIGPIPE, SIG_IGN);
	err = run_work(&run, config, why);
	for (size_t i = 0; i < run.count; i++)
		monitored__free(&run.list[i]);
	free(run.list);
	watch__free(&run.watch);
	notifier__free(run.recorder.notifier);
	journal__close(run.recorder.journal);
	recorder__free(&run.recorder);
	saved_state__free(&run.restored);
	return err;
}
