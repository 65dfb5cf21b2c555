// SPDX-License-Identifier: GPL-2.0-only
// cmd_top: `xdpctl top`: live rates, sources and victims on a full screen.
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "ctl/commands.h"
#include "ctl/monitor/ticker.h"
#include "ctl/render/view_options.h"
#include "ctl/top/canvas.h"
#include "ctl/top/top.h"
#include "ctl/top/top_overview.h"

#define MAX_DELAY_S 3600
#define KEY_ESCAPE 27
#define KEY_CTRL_L ('L' & 0x1f)

static bool is_enter(int key)
{
	return key == '\n' || key == '\r' || key == KEY_ENTER;
}

static bool is_backspace(int key)
{
	return key == KEY_BACKSPACE || key == 127 || key == '\b';
}

struct top_options {
	__u64 delay_ns;
	struct source_view view;
};

static const struct option_row top_options[] = {
	{OPTION_SECONDS(struct top_options, delay_ns), .name = "delay", .letter = 'd',
	 .argument = "SECONDS", .min = 1, .max = MAX_DELAY_S, .fallback = "1",
	 .help = "refresh every SECONDS"},
	VIEW_OPTION_AGGREGATE(struct top_options, view),
	VIEW_OPTION_CIDR(struct top_options, view),
	{},
};

/* Readings under another view cannot be subtracted: start over. */
static void top_restart(struct top *top)
{
	watch__free(&top->watch);
	top->watch.readings = 0;
	top->read_cost_ns = 0;
}

static void toggle_order(struct top *top)
{
	top->watch.view.order =
		top->watch.view.order == ORDER_BY_RATE ? ORDER_BY_TOTAL : ORDER_BY_RATE;
	for (size_t i = 0; i < top->watch.count; i++)
		interval__sort(&top->watch.list[i].interval.tables[TABLE_SOURCES],
			       top->watch.view.order);
	top__compare(top);
}

static void toggle_aggregation(struct top *top)
{
	top->watch.view.aggregates = !top->watch.view.aggregates;
	if (!top->watch.view.lengths.ipv4_bits && !top->watch.view.lengths.ipv6_bits)
		source_view__set_prefixes(&top->watch.view, "aggregate", "24/64", NULL);
	top_restart(top);
}

static void toggle_pause(struct top *top)
{
	top->paused = !top->paused;
}

static void toggle_help(struct top *top)
{
	top->helps = !top->helps;
}

static void start_typing(struct top *top)
{
	top->typing = true;
	top->input[0] = '\0';
}

static const struct {
	int key;
	void (*act)(struct top *top);
} keys[] = {
	{'s', toggle_order}, {'a', toggle_aggregation}, {'/', start_typing}, {'p', toggle_pause},
	{' ', toggle_pause}, {'h', toggle_help},        {'?', toggle_help},
};

/* Keys of the screen of one interface. */
static void take_interface_key(struct top *top, int key)
{
	if (key == '\t' || key == 'i')
		top__open_next(top);
	else if (key == KEY_ESCAPE || is_backspace(key))
		top__close(top);
}

static void take_overview_key(struct top *top, int key)
{
	if (key == '\t' || is_enter(key))
		top__open_selected(top);
	else
		top_overview__take_key(top, key);
}

static void set_network(struct top *top)
{
	struct source_view view = top->watch.view;
	struct errmsg why = {};

	view.cidr = (struct prefix){};
	top->typing = false;
	if (top->input[0] && source_view__set_network(&view, "prefix", top->input, &why)) {
		snprintf(top->error, sizeof(top->error), "%.150s", why.text);
		return;
	}
	top->watch.view = view;
	top_restart(top);
}

static void type_key(struct top *top, int key)
{
	size_t length = strlen(top->input);

	if (is_enter(key))
		set_network(top);
	else if (key == KEY_ESCAPE)
		top->typing = false;
	else if (is_backspace(key) && length)
		top->input[length - 1] = '\0';
	else if (key > ' ' && key < 127 && length + 1 < sizeof(top->input))
		snprintf(top->input + length, sizeof(top->input) - length, "%c", key);
}

/*
 * curses repaints after a change of size, but not when the size has changed and is the old one
 * again: the terminal may have cut what it showed in between.
 */
static bool needs_repaint(int key)
{
	return key == KEY_RESIZE || key == KEY_CTRL_L;
}

/* Return: false to quit. */
static bool take_keys(struct top *top)
{
	int key;

	while ((key = getch()) != ERR) {
		if (needs_repaint(key)) {
			clearok(curscr, true);
			continue;
		}
		top->error[0] = '\0';
		if (top->typing) {
			type_key(top, key);
			continue;
		}
		if (key == 'q')
			return false;
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (keys[i].key == key)
				keys[i].act(top);
		if (top->helps)
			top->helps = key != KEY_ESCAPE;
		else if (top__shown(top))
			take_interface_key(top, key);
		else
			take_overview_key(top, key);
	}
	return true;
}

static int top_loop(struct top *top, const struct ticker *ticker, struct errmsg *why)
{
	enum ticker_event event = TICKER_READY;
	int err = 0;

	while (!err && event != TICKER_END && take_keys(top)) {
		if ((event == TICKER_TICK && !top->paused) || !top->watch.readings)
			err = top__read(top, why);
		if (!err)
			top_draw__screen(top);
		event = ticker__wait(ticker, STDIN_FILENO);
	}
	return err;
}

static int open_screen(SCREEN **ret, struct errmsg *why)
{
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return errmsg__set(why, -ENOTTY,
				   "top needs a terminal: use 'xdpctl stats --watch' instead");
	setlocale(LC_CTYPE, "");
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return errmsg__set(why, -ENOTTY, "top: unknown terminal type: set TERM");
	if (!tigetstr("cup")) {
		endwin();
		delscreen(screen);
		return errmsg__set(why, -ENOTTY,
				   "top: TERM=%s cannot move the cursor: use 'xdpctl stats "
				   "--watch' instead",
				   UTF8_PRINTABLE(getenv("TERM") ?: ""));
	}
	cbreak();
	noecho();
	keypad(stdscr, true);
	nodelay(stdscr, true);
	set_escdelay(25);
	canvas__start(!strcmp(nl_langinfo(CODESET), "UTF-8"));
	*ret = screen;
	return 0;
}

/*
 * One of the named interfaces must be attached at the start; later on they may come and go. A
 * single interface needs no overview.
 */
static int read_first(struct top *top, struct errmsg *why)
{
	int err = top__read(top, why);

	if (!err)
		err = watch__check_names(&top->watch, why);
	if (!err && top->watch.count == 1)
		top__open(top, top->watch.list[0].interface);
	return err;
}

static int run_top(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct top_options *options = cli->options;
	struct top top = {
		.watch = {.names = operands,
			  .heaviest = true,
			  .rates = true,
			  .view = options->view},
	};
	struct ticker ticker;
	SCREEN *screen = NULL;
	int err;

	top.watch.view.order = ORDER_BY_RATE;
	err = ticker__open(options->delay_ns, &ticker, why);
	if (err)
		return err;
	err = read_first(&top, why);
	if (!err)
		err = open_screen(&screen, why);
	if (!err) {
		err = top_loop(&top, &ticker, why);
		endwin();
		delscreen(screen);
	}
	ticker__close(&ticker);
	top__free(&top);
	return err;
}

const struct command top_command = {
	.name = "top",
	.operands = "[IFACE...]",
	.summary = "show live rates, sources and victims on a full screen",
	.max_operands = -1,
	.takes = TAKES_NETNS,
	.options = top_options,
	.options_bytes = sizeof(struct top_options),
	.run = run_top,
};
