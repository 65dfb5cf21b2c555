// SPDX-License-Identifier: GPL-2.0-only
// test_overview: the order of interfaces, the row for all, and the columns that fit a line.
#include <string.h>

#include "common/base/utf8.h"
#include "ctl/monitor/overview.h"
#include "ctl/render/overview_text.h"
#include "tests/tally_rows.h"

#define S 1000000000ull

/* Of watched interfaces only its presence matters here. */
static struct dataplane *const some_dataplane = (struct dataplane *)&some_dataplane;

static struct watched watched_of(const char *name, __u64 syns, __u64 frames)
{
	struct watched watched = {
		.state = WATCHED_COUNTING,
		.dataplane = some_dataplane,
		.attachment.mode = ATTACH_NATIVE,
		.interval = {.interval_ns = 2 * S, .syns = syns, .packets = frames},
		.snapshot = {.syns = 10 * syns, .packets = 10 * frames},
	};

	strcpy(watched.interface, name);
	return watched;
}

static struct watched without_counts(const char *name, enum watched_state watched_state)
{
	struct watched watched = watched_of(name, 0, 0);

	watched.state = watched_state;
	watched.dataplane = NULL;
	watched.err = -1;
	strcpy(watched.why.text, "the reason");
	return watched;
}

static void assert_rows(const struct overview *overview, const char *names)
{
	char found[256] = "";

	for (size_t i = 0; i < overview->count; i++) {
		strcat(found, i ? " " : "");
		strcat(found, overview->rows[i].interface);
	}
	assert_string_equal(found, names);
}

static void build(struct watched *list, size_t count, enum source_order order, struct overview *ret)
{
	struct watch watch = {.list = list, .count = count, .rates = true, .rate_readings = 2};

	assert_int_equal(overview__build(&watch, NULL, order, ret), 0);
}

/* The busiest first; then unknown ones, idle ones, and the rest, each by name. */
static void test_order(void **state)
{
	struct watched list[] = {
		watched_of("eth10", 0, 0),
		without_counts("eth1", WATCHED_DETACHED),
		watched_of("eth2", 0, 0),
		watched_of("eth9", 2, 9),
		watched_of("eth3", 2, 10),
		watched_of("lo", 400, 400),
		without_counts("eth30", WATCHED_FAILED),
		watched_of("eth100", 0, 7),
		watched_of("wg0.20", 0, 7),
		watched_of("wg0.3", 0, 7),
		without_counts("eth0", WATCHED_GONE),
	};
	struct overview overview;

	(void)state;
	build(list, COUNT_OF(list), ORDER_BY_RATE, &overview);
	assert_rows(&overview, "lo eth3 eth9 eth100 wg0.3 wg0.20 eth30 eth2 eth10 eth0 eth1");
	assert_ptr_equal(overview__find(&overview, "eth9"), &overview.rows[2]);
	assert_null(overview__find(&overview, "eth4"));
	overview__free(&overview);
	list[0].snapshot.syns = 1000000;
	build(list, COUNT_OF(list), ORDER_BY_TOTAL, &overview);
	assert_string_equal(overview.rows[0].interface, "eth10");
	overview__free(&overview);
}

/* Rates that look the same do not change the order of names. */
static void test_noise(void **state)
{
	struct watched list[] = {watched_of("eth10", 0, 202), watched_of("eth2", 0, 201)};
	struct overview overview;

	(void)state;
	list[0].interval.interval_ns = list[1].interval.interval_ns = 100 * S;
	build(list, 2, ORDER_BY_RATE, &overview);
	assert_rows(&overview, "eth2 eth10");
	overview__free(&overview);
}

static void test_all(void **state)
{
	struct interval_row victims[2] = {
		{.total = row_of("203.0.113.10", 70, 72), .delta = 20},
		{.total = row_of("203.0.113.10", 30, 30), .delta = 40},
	};
	struct watched list[] = {
		watched_of("eth0", 20, 30),
		watched_of("eth1", 40, 50),
		without_counts("eth2", WATCHED_FAILED),
	};
	struct overview overview;
	const struct overview_row *all = &overview.all;

	(void)state;
	for (int i = 0; i < 2; i++) {
		list[i].interval.tables[TABLE_VICTIMS].rows = &victims[i];
		list[i].interval.tables[TABLE_VICTIMS].count = 1;
		list[i].snapshot.tallies[TABLE_VICTIMS].counted = true;
	}
	build(list, COUNT_OF(list), ORDER_BY_RATE, &overview);
	assert_true(all->syns_pps == 30 && all->frames_pps == 40);
	assert_int_equal(all->syns, 600);
	assert_int_equal(all->frames, 800);
	assert_true(overview_row__syn_share(all) == 0.75);
	assert_int_equal(all->victim.at_least, 100);
	assert_int_equal(all->victim.at_most, 102);
	assert_true(all->victim.syns_pps == 30);
	assert_int_equal(all->source.endpoint.family, 0);
	assert_int_equal(overview.states[WATCHED_COUNTING], 2);
	assert_int_equal(overview.states[WATCHED_FAILED], 1);
	assert_int_equal(overview.rows[0].victim.at_least, 30);
	assert_string_equal(overview.rows[2].reason, "the reason");
	overview__free(&overview);
}

static struct endpoint victim_of(const char *address)
{
	struct tally_row row = row_of(address, 1, 1);

	return row.endpoint;
}

/* Both interfaces of one policy list its victims. */
static void test_policies(void **state)
{
	struct attack_row attacks[] = {
		{.victim = victim_of("203.0.113.10"), .is_on = true},
		{.victim = victim_of("203.0.113.11"), .is_on = true},
		{.victim = victim_of("203.0.113.12")},
	};
	const struct policy_counts policy = {
		.counted = true, .is_armed = true, .attacks = attacks, .attack_count = 3};
	struct watched list[] = {
		watched_of("eth0", 20, 30),
		watched_of("eth1", 10, 20),
		watched_of("eth2", 5, 10),
		watched_of("eth3", 1, 2),
	};
	char cell[OVERVIEW_CELL_BYTES];
	struct overview_layout layout;
	struct overview overview;

	(void)state;
	list[0].snapshot.policy = list[1].snapshot.policy = policy;
	list[2].snapshot.policy.counted = true;
	list[0].snapshot.verdicts[XDP_DROP] = 1000;
	list[1].snapshot.verdicts[XDP_DROP] = 200;
	list[3].snapshot.verdicts[XDP_DROP] = 7; /* by something else than a policy */
	build(list, COUNT_OF(list), ORDER_BY_RATE, &overview);
	assert_int_equal(overview.all.dropped, 1200);
	assert_int_equal(overview.all.under_attack, 2);
	assert_int_equal(overview.rows[0].dropped, 1000);
	assert_int_equal(overview.rows[1].under_attack, 2);
#define CELL(row, column) overview_text__cell(row, OVERVIEW_##column, NULL, cell)
	assert_string_equal(CELL(&overview.all, DROPPED), "1,200");
	assert_string_equal(CELL(&overview.rows[0], ATTACKS), "2");
	assert_string_equal(CELL(&overview.rows[2], DROPPED), "0");
	assert_string_equal(CELL(&overview.rows[2], ATTACKS), "-");
	assert_string_equal(CELL(&overview.rows[3], DROPPED), "-");
#undef CELL
	overview_text__layout(&overview, NULL, 0, &layout);
	assert_true(layout.columns[OVERVIEW_DROPPED].width);
	assert_true(layout.columns[OVERVIEW_ATTACKS].width);
	overview__free(&overview);
	build(&list[3], 1, ORDER_BY_RATE, &overview);
	overview_text__layout(&overview, NULL, 0, &layout);
	assert_int_equal(layout.columns[OVERVIEW_DROPPED].width, 0);
	overview__free(&overview);
}

/* Of more rows than are kept, the heaviest by rate, wherever it is. */
static void test_heaviest(void **state)
{
	struct interval_row sources[100] = {};
	struct watched list[] = {watched_of("eth0", 1000, 1000)};
	struct overview overview;
	char address[32], text[ENDPOINT_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sources); i++) {
		snprintf(address, sizeof(address), "192.0.2.%zu", i);
		sources[i].total = row_of(address, 1000 - i, 1000 - i);
		sources[i].delta = i == 90 ? 80 : i % 10;
	}
	list[0].interval.tables[TABLE_SOURCES].rows = sources;
	list[0].interval.tables[TABLE_SOURCES].count = COUNT_OF(sources);
	build(list, 1, ORDER_BY_RATE, &overview);
	assert_string_equal(endpoint__text(&overview.rows[0].source.endpoint, text), "192.0.2.90");
	assert_true(overview.rows[0].source.syns_pps == 40);
	overview__free(&overview);
	build(list, 1, ORDER_BY_TOTAL, &overview);
	assert_string_equal(endpoint__text(&overview.rows[0].source.endpoint, text), "192.0.2.0");
	overview__free(&overview);
}

static void assert_cell(const struct overview_row *row, enum overview_column column,
			const char *wanted)
{
	char cell[OVERVIEW_CELL_BYTES];

	assert_string_equal(overview_text__cell(row, column, NULL, cell), wanted);
}

/* Unknown is "?", nothing is "-", and neither is 0. */
static void test_cells(void **state)
{
	struct watched list[] = {
		watched_of("eth0", 2469134, 2469134),
		without_counts("eth1", WATCHED_FAILED),
		without_counts("eth2", WATCHED_DETACHED),
		watched_of("eth3", 0, 0),
		watched_of("eth4", 0, 0),
	};
	struct overview overview;
	char summary[256];

	(void)state;
	list[4].interval.interval_ns = 0;
	build(list, COUNT_OF(list), ORDER_BY_RATE, &overview);
	assert_cell(&overview.all, OVERVIEW_INTERFACE, "all");
	assert_cell(&overview.rows[0], OVERVIEW_SYN_RATE, "1,234,567");
	assert_cell(&overview.rows[0], OVERVIEW_SHARE, "100.0 %");
	assert_cell(&overview.rows[0], OVERVIEW_STATE, "counting");
	assert_cell(&overview.rows[1], OVERVIEW_STATE, "cannot be read");
	assert_cell(&overview.rows[1], OVERVIEW_SYN_RATE, "?");
	assert_cell(&overview.rows[2], OVERVIEW_STATE, "idle");
	assert_cell(&overview.rows[2], OVERVIEW_SYN_RATE, "0");
	assert_cell(&overview.rows[2], OVERVIEW_SHARE, "-");
	assert_cell(&overview.rows[3], OVERVIEW_STATE, "counting");
	assert_cell(&overview.rows[3], OVERVIEW_SYN_RATE, "?");
	assert_cell(&overview.rows[4], OVERVIEW_STATE, "not attached");
	assert_cell(&overview.rows[4], OVERVIEW_SYN_RATE, "-");
	assert_string_equal(overview_text__summary(&overview, summary, sizeof(summary)),
			    "5 interfaces, 1 idle, 1 not attached, 1 cannot be read");
	overview__free(&overview);
}

static int end_of(const struct overview_layout *layout)
{
	int end = 0;

	for (int i = 0; i < OVERVIEW_COLUMNS; i++)
		if (layout->columns[i].width)
			end = layout->columns[i].x + layout->columns[i].width;
	return end;
}

/* Every line fits; columns are dropped before what is left of an address would be short. */
static void test_layout(void **state)
{
	struct interval_row victim = {
		.total = row_of("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 70, 72),
		.delta = 20,
	};
	struct watched list[] = {watched_of("eth0", 20, 30), watched_of("eth1", 0, 0)};
	struct overview_layout layout;
	struct overview overview;
	int whole;

	(void)state;
	victim.total.endpoint.port = 0xffff;
	list[0].interval.tables[TABLE_VICTIMS].rows = &victim;
	list[0].interval.tables[TABLE_VICTIMS].count = 1;
	build(list, 2, ORDER_BY_RATE, &overview);
	overview_text__layout(&overview, NULL, 0, &layout);
	whole = end_of(&layout);
	assert_int_equal(layout.columns[OVERVIEW_VICTIM].width, 46);
	for (int width = whole; width >= 30; width--) {
		overview_text__layout(&overview, NULL, width, &layout);
		assert_true(end_of(&layout) <= width);
		assert_true(layout.columns[OVERVIEW_SYN_RATE].width);
		assert_true(!layout.columns[OVERVIEW_VICTIM].width ||
			    layout.columns[OVERVIEW_VICTIM].width >= 21);
	}
	overview_text__layout(&overview, NULL, whole - 1, &layout);
	assert_int_equal(layout.columns[OVERVIEW_MODE].width, 0);
	assert_int_equal(layout.columns[OVERVIEW_VICTIM].width, 46);
	overview__free(&overview);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),    cmocka_unit_test(test_noise),
		cmocka_unit_test(test_all),      cmocka_unit_test(test_heaviest),
		cmocka_unit_test(test_policies), cmocka_unit_test(test_cells),
		cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
