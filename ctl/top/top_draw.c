// SPDX-License-Identifier: GPL-2.0-only
// top_draw: draws the full screen, at any terminal size.
#include <ncurses.h>
#include <stdio.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/base/clock.h"
#include "common/base/utf8.h"
#include "ctl/render/format.h"
#include "ctl/render/overview_text.h"
#include "ctl/render/policy_text.h"
#include "ctl/top/canvas.h"
#include "ctl/top/top.h"
#include "ctl/top/top_overview.h"
#include "ctl/top/top_tables.h"

#define HEAD_LINES 4
#define MIDDLE_LINES 5 /* classes on the left, victims on the right */

static const char *const help_lines[] = {
	"s        sort sources by rate or by total",
	"/        show only sources in a prefix, such as 192.0.2.0/24; empty: all",
	"a        aggregate sources into /24 and /64, on or off",
	"Enter    open the selected interface; Tab or a click does it, too",
	"Tab, i   next interface",
	"Esc      all interfaces; Backspace, too",
	"p        pause",
	"Ctrl-L   repaint the screen",
	"h, ?     this help",
	"q        quit",
	"",
	"Bounds: 'SYNs' is the lower bound; 'at most' the upper one, where they differ.",
	"Faint sources: an unlisted source may have sent as many.",
	"With a prefix or aggregation, full tables are read less often.",
	"'missed' and 'dropped' are the device's counters of frames XDP never saw.",
};

static const char *bits_text(double bits, char buf[NUMBER_BYTES])
{
	static const char units[] = " kMGT";
	int unit = 0;

	while (bits >= 1000 && units[unit + 1]) {
		bits /= 1000;
		unit++;
	}
	snprintf(buf, NUMBER_BYTES, unit ? "%.1f %cbit/s" : "%.0f%cbit/s", bits, units[unit]);
	return buf;
}

/* The title of every screen; on the right, what is not up to date. */
static void draw_title(const struct top *top, const char *what)
{
	__u64 age_s = (clock__now_ns() - top->watch.read_at_ns) / NS_PER_S;
	const struct source_view *view = &top->watch.view;
	char prefix[PREFIX_TEXT_BYTES] = "", right[64] = "";

	if (view->cidr.network.family)
		prefix__text(&view->cidr, prefix);
	if (top->paused)
		snprintf(right, sizeof(right), "PAUSED");
	else if (age_s > 1)
		snprintf(right, sizeof(right), "sources of %llu s ago", age_s);
	canvas__fill(0, 0, CANVAS_REVERSE);
	canvas__put(0, 1, COLS - 3 - (int)strlen(right), CANVAS_REVERSE, "xdpctl top   %s%s%s",
		    what, prefix[0] ? "  only " : "", prefix);
	canvas__put(0, COLS - 1 - (int)strlen(right), COLS, CANVAS_REVERSE, "%s", right);
}

#define WIDE_COLUMNS 76 /* from here on, totals have room */

static void draw_totals(const struct top *top, const struct watched *watched,
			const struct rate_history *history)
{
	const struct snapshot *snapshot = &watched->snapshot;
	struct rate_point latest = rate_history__latest(history);
	char a[NUMBER_BYTES], b[NUMBER_BYTES], c[NUMBER_BYTES];
	bool lost = snapshot->unattributed && !snapshot->exact;
	bool wide = COLS >= WIDE_COLUMNS;
	int width = wide ? 14 : 9, gap = wide ? 3 : 2, x;
	const char *about = snapshot->distinct_is_exact ? "" : wide ? "about " : "~";

	canvas__put(1, 1, COLS, CANVAS_PLAIN, "SYN/s    %*s%*sframes/s %*s%*s%s", width,
		    number__grouped(latest.syns_pps + 0.5, a), gap, "", width,
		    number__grouped(latest.frames_pps + 0.5, b), gap, "",
		    bits_text(history->bits_per_second, c));
	canvas__put(2, 1, COLS, CANVAS_PLAIN, "SYNs     %*s%*sframes   %*s%*ssources %s%s", width,
		    number__grouped(history->classes[CLASS_SYN], a), gap, "", width,
		    number__grouped(history->frames, b), gap, "", about,
		    snapshot->distinct_known ? number__grouped(snapshot->distinct_sources, c)
					     : "?");
	x = canvas__put(3, 1, COLS, lost ? CANVAS_WARNING : CANVAS_PLAIN, "unattributed %*s",
			width - 4, number__grouped(snapshot->unattributed, a));
	canvas__put(3, x + gap, COLS, top->netdev.overruns ? CANVAS_WARNING : CANVAS_GOOD,
		    "missed   %*s%*sdropped %s", width, number__grouped(top->netdev.overruns, a),
		    gap, "", number__grouped(top->netdev.dropped, b));
}

/* Which policy is in force, and what it has dropped; a warning while that may change by itself. */
static void draw_policy(const struct watched *watched, int y)
{
	const struct policy_counts *policy = &watched->snapshot.policy;
	size_t attacks = policy_counts__under_attack(policy);
	char standing[POLICY_STANDING_BYTES], attack[ATTACK_TEXT_BYTES], number[NUMBER_BYTES];
	int x;

	x = canvas__put(y, 1, COLS,
			policy->standing.confirm_before_ns ? CANVAS_WARNING : CANVAS_PLAIN,
			"policy %s",
			policy->is_armed ? policy_standing__text(&policy->standing, standing)
					 : "none any more");
	x = canvas__put(y, x + 3, COLS, CANVAS_PLAIN, "drops %s",
			number__grouped(watched->snapshot.verdicts[XDP_DROP], number));
	if (policy_counts__answered(policy))
		x = canvas__put(y, x + 3, COLS, CANVAS_PLAIN, "answers %s",
				number__grouped(policy_counts__answered(policy), number));
	if (policy->tx_failed)
		x = canvas__put(y, x + 3, COLS, CANVAS_WARNING, "lost %s",
				number__grouped(policy->tx_failed, number));
	if (attacks)
		canvas__put(y, x + 3, COLS, CANVAS_WARNING, "under attack: %s%s",
			    attack__text(&policy->attacks[0], &watched->interval, attack),
			    attacks > 1 ? ", ..." : "");
}

/* One column per reading, the latest at the right edge. */
static void draw_graph(const struct rate_history *history, int y, int height)
{
	size_t width = COLS > 2 ? COLS - 2 : 0;
	size_t points = history->count < width ? history->count : width;
	const struct rate_point *first = &history->points[history->count - points];
	char number[NUMBER_BYTES];
	double most = 0;

	if (height < 2)
		return;
	for (size_t i = 0; i < points; i++)
		if (first[i].syns_pps > most)
			most = first[i].syns_pps;
	canvas__fill(y, 1, CANVAS_HEADING);
	canvas__put(y, 1, COLS, CANVAS_HEADING, "SYN/s, up to %s",
		    number__grouped(most + 0.5, number));
	for (size_t i = 0; i < points; i++)
		canvas__column(y + height - 1, COLS - 1 - (int)points + (int)i, height - 1,
			       most > 0 ? first[i].syns_pps / most : 0);
}

static void draw_footer(const struct top *top, const struct watched *watched)
{
	static const char of_one[] =
		"q quit  h help  s sort  / prefix  a aggregate  Tab next  Esc all  p pause";
	static const char of_all[] =
		"q quit  h help  s sort  / prefix  a aggregate  Enter open  p pause";
	const struct overview_row *row =
		top->overview.count ? &top->overview.rows[top__selected(top)] : NULL;
	const char *reason = watched              ? watched->err ? watched->why.text : of_one
			     : row && row->reason ? row->reason
						  : of_all;
	int y = LINES - 1;

	canvas__fill(y, 0, CANVAS_REVERSE);
	if (top->typing)
		canvas__put(y, 1, COLS - 2, CANVAS_REVERSE, "prefix: %s", top->input);
	else
		canvas__put(y, 1, COLS - 2, CANVAS_REVERSE, "%s",
			    UTF8_PRINTABLE(top->error[0] ? top->error : reason));
	curs_set(top->typing ? 1 : 0);
}

static void draw_help(void)
{
	for (size_t i = 0; i < sizeof(help_lines) / sizeof(help_lines[0]); i++)
		canvas__put(2 + i, 3, COLS - 3, CANVAS_PLAIN, "%s", help_lines[i]);
}

/* A small screen has no graph. */
static void draw_interface(struct top *top, struct watched *watched)
{
	const struct rate_history *history =
		rate_histories__find(&top->histories, watched->interface);
	int graph = LINES < 18 ? 0 : LINES < 50 ? LINES / 5 : 10;
	int head = HEAD_LINES + watched->snapshot.policy.counted;
	int middle = head + graph, sources = middle + MIDDLE_LINES;
	char what[128];

	snprintf(what, sizeof(what), "%s  %s  %s", UTF8_PRINTABLE(watched->interface),
		 watched__mode(watched) ?: watched_state_names[watched->state],
		 watched->snapshot.exact ? "exact" : "bounded");
	draw_title(top, what);
	if (history) {
		draw_totals(top, watched, history);
		if (watched->snapshot.policy.counted)
			draw_policy(watched, HEAD_LINES);
		draw_graph(history, head, graph);
	}
	top_tables__draw_middle(history, watched, middle, MIDDLE_LINES);
	top_tables__draw_sources(top, watched, sources, LINES - 1 - sources);
}

static void draw_overview(struct top *top)
{
	char what[256];

	draw_title(top, overview_text__summary(&top->overview, what, sizeof(what)));
	top_overview__draw(top, 1, LINES - 2);
}

void top_draw__screen(struct top *top)
{
	struct watched *watched = top__shown(top);

	top_overview__follow_mouse(top, !watched);

	erase();
	if (top->helps)
		draw_help();
	else if (watched)
		draw_interface(top, watched);
	else if (top->overview.count)
		draw_overview(top);
	else
		canvas__put(1, 1, COLS, CANVAS_PLAIN, NOTHING_ATTACHED);
	draw_footer(top, watched);
	refresh();
}
