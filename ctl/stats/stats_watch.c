// SPDX-License-Identifier: GPL-2.0-only
// stats_watch: the loop of `xdpctl stats --watch`.
#include "ctl/stats/stats_watch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "ctl/monitor/ticker.h"
#include "ctl/render/format.h"
#include "ctl/render/interval_json.h"
#include "ctl/render/interval_text.h"
#include "ctl/render/openmetrics.h"

static int stats_print_json(json_t *object, size_t flags, struct errmsg *why)
{
	if (!object)
		return errmsg__set(why, -ENOMEM, "printing JSON: out of memory");
	json_dumpf(object, stdout, flags);
	json_decref(object);
	return 0;
}

static int stats_print(const struct stats_options *options, const struct watch *watch, __u64 number,
		       struct errmsg *why)
{
	int err = 0;

	switch (options->format) {
	case STATS_TABLE:
		err = print_interval(watch, options->top, options->verbose, why);
		break;
	case STATS_OPENMETRICS:
		openmetrics__print(stdout, watch, options->top, OPENMETRICS_1_0);
		break;
	case STATS_JSON_LINES:
		err = stats_print_json(interval_to_json(watch, NULL, options->top, number),
				       JSON_COMPACT, why);
		putchar('\n');
		break;
	case STATS_JSON:
		printf("%s\n", number > 1 ? "," : "");
		err = stats_print_json(interval_to_json(watch, NULL, options->top, number),
				       JSON_INDENT(2), why);
		break;
	}
	if (fflush(stdout) && !err)
		err = errmsg__set(why, -errno, "standard output: cannot write: %s",
				  strerror(errno));
	return err;
}

static int stats_loop(const struct stats_options *options, struct watch *watch,
		      const struct ticker *ticker, struct errmsg *why)
{
	enum ticker_event event = TICKER_TICK;
	int err = 0;

	for (__u64 number = 1; !err && event != TICKER_END; number++) {
		event = ticker__wait(ticker, -1);
		err = watch__read(watch, why);
		if (!err)
			err = stats_print(options, watch, number, why);
		if (number == options->intervals)
			break;
	}
	return err;
}

/* One of the named interfaces must be attached at the start; later on they may come and go. */
static int stats_open_watch(const struct stats_options *options, bool windows, struct watch *ret,
			    struct errmsg *why)
{
	int err;

	*ret = (struct watch){.names = options->names,
			      .view = options->view,
			      .windows = windows,
			      .rates = windows};
	err = watch__read(ret, why);
	if (!err)
		err = watch__check_names(ret, why);
	if (err)
		watch__free(ret);
	return err;
}

int stats__watch(const struct stats_options *options, struct errmsg *why)
{
	bool document = options->format == STATS_JSON;
	struct ticker ticker;
	struct watch watch;
	int err;

	/* It may be ignored by inheritance; a reader that closes the pipe is no error. */
	signal(SIGPIPE, SIG_DFL);
	err = stats_open_watch(options, true, &watch, why);
	if (err)
		return err;
	err = ticker__open(options->interval_ns, &ticker, why);
	if (err)
		goto out;
	if (document)
		printf("{\"schema\": %d, \"intervals\": [", JSON_SCHEMA);
	err = stats_loop(options, &watch, &ticker, why);
	if (document)
		printf("\n]}\n");
	ticker__close(&ticker);
out:
	watch__free(&watch);
	return err;
}

int stats__openmetrics(const struct stats_options *options, struct errmsg *why)
{
	struct watch watch;
	int err;

	err = stats_open_watch(options, false, &watch, why);
	if (err)
		return err;
	openmetrics__print(stdout, &watch, options->top, OPENMETRICS_1_0);
	watch__free(&watch);
	return 0;
}
