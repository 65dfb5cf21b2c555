// SPDX-License-Identifier: GPL-2.0-only
// test_interval: intervals between snapshots, through restarts and torn readings; filters of
// sources.
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/counts/interval.h"

static const struct source_view everything;

/* A snapshot of these rows, with SYNs alone. */
static struct snapshot snapshot_of(__u64 syns, __u64 unlisted_at_most, size_t count,
				   const struct tally_row *rows)
{
	struct snapshot snapshot = {.packets = syns, .syns = syns};

	snapshot.classes[CLASS_SYN] = syns;
	snapshot.exact = !unlisted_at_most;
	snapshot.tallies[TABLE_SOURCES].rows = calloc(count + 1, sizeof(*rows));
	assert_non_null(snapshot.tallies[TABLE_SOURCES].rows);
	memcpy(snapshot.tallies[TABLE_SOURCES].rows, rows, count * sizeof(*rows));
	snapshot.tallies[TABLE_SOURCES].count = count;
	snapshot.tallies[TABLE_SOURCES].total = syns;
	snapshot.tallies[TABLE_SOURCES].unlisted_at_most = unlisted_at_most;
	for (size_t i = 0; i < count; i++)
		snapshot.tallies[TABLE_SOURCES].attributed += rows[i].at_least;
	snapshot.unattributed = syns - snapshot.tallies[TABLE_SOURCES].attributed;
	return snapshot;
}

static struct tally_row row_of(const char *address, __u64 at_least, __u64 at_most)
{
	struct tally_row row = {.at_least = at_least, .at_most = at_most};

	assert_int_equal(endpoint__parse(address, &row.endpoint), 0);
	return row;
}

static const struct interval_row *find(const struct interval *interval, const char *address)
{
	const struct interval_table *table = &interval->tables[TABLE_SOURCES];
	struct tally_row wanted = row_of(address, 0, 0);

	for (size_t i = 0; i < table->count; i++)
		if (!endpoint__compare(&table->rows[i].total.endpoint, &wanted.endpoint))
			return &table->rows[i];
	fail_msg("%s is not listed", address);
	return NULL;
}

static void assert_delta(const struct interval *interval, const char *address, __u64 delta,
			 __u64 at_least, __u64 at_most)
{
	const struct interval_row *row = find(interval, address);

	assert_int_equal(row->delta, delta);
	assert_int_equal(row->delta_at_least, at_least);
	assert_int_equal(row->delta_at_most, at_most);
}

static void test_exact(void **state)
{
	struct tally_row earlier[] = {row_of("10.0.0.1", 5, 5), row_of("2001:db8::1", 2, 2)};
	struct tally_row later[] = {row_of("2001:db8::1", 12, 12), row_of("10.0.0.1", 6, 6),
				    row_of("10.0.0.2", 1, 1)};
	struct snapshot before = snapshot_of(7, 0, 2, earlier);
	struct snapshot after = snapshot_of(20, 0, 3, later);
	struct interval interval = {.interval_ns = 2000000000};

	(void)state;
	assert_int_equal(interval__add(&interval, &before, &after, &everything), 0);
	assert_false(interval.restarted);
	assert_int_equal(interval.syns, 13);
	assert_int_equal(interval.unattributed, 1);
	assert_delta(&interval, "10.0.0.1", 1, 1, 1);
	assert_delta(&interval, "2001:db8::1", 10, 10, 10);
	assert_delta(&interval, "10.0.0.2", 1, 1, 1);
	interval__sort(&interval.tables[TABLE_SOURCES], ORDER_BY_RATE);
	assert_int_equal(interval.tables[TABLE_SOURCES].rows[0].delta, 10);
	assert_true(interval__per_second(&interval, 13) == 6.5);
	interval__free(&interval);
	snapshot__free(&before);
	snapshot__free(&after);
}

/* A count that was on its way from one tier to the other is missed; it cannot have shrunk. */
static void test_torn_reading(void **state)
{
	struct tally_row earlier[] = {row_of("10.0.0.1", 5, 5)};
	struct tally_row later[] = {row_of("10.0.0.1", 3, 8)};
	struct snapshot before = snapshot_of(5, 0, 1, earlier);
	struct snapshot after = snapshot_of(8, 0, 1, later);
	struct interval interval = {};

	(void)state;
	assert_int_equal(interval__add(&interval, &before, &after, &everything), 0);
	assert_delta(&interval, "10.0.0.1", 0, 0, 0);
	assert_int_equal(after.tallies[TABLE_SOURCES].rows[0].at_least, 5);
	assert_int_equal(after.unattributed, 3);
	assert_int_equal(interval.unattributed, 3);
	interval__free(&interval);
	snapshot__free(&before);
	snapshot__free(&after);
}

/* What had been counted until a reset and what came after it are one interval. */
static void test_reset(void **state)
{
	struct tally_row earlier[] = {row_of("10.0.0.1", 5, 5)};
	struct tally_row last[] = {row_of("10.0.0.1", 9, 9), row_of("10.0.0.2", 2, 2)};
	struct tally_row fresh[] = {row_of("10.0.0.3", 4, 4), row_of("10.0.0.1", 1, 1)};
	struct snapshot before = snapshot_of(5, 0, 1, earlier);
	struct snapshot old = snapshot_of(11, 0, 2, last);
	struct snapshot new = snapshot_of(5, 0, 2, fresh);
	struct interval interval = {};

	(void)state;
	assert_int_equal(interval__add(&interval, &before, &old, &everything), 0);
	assert_int_equal(interval__add(&interval, NULL, &new, &everything), 0);
	assert_true(interval.restarted);
	assert_int_equal(interval.syns, 11);
	assert_int_equal(interval.unattributed, 0);
	assert_int_equal(interval.tables[TABLE_SOURCES].count, 3);
	assert_delta(&interval, "10.0.0.1", 5, 5, 5);
	assert_delta(&interval, "10.0.0.2", 2, 2, 2);
	assert_delta(&interval, "10.0.0.3", 4, 4, 4);
	assert_int_equal(find(&interval, "10.0.0.1")->total.at_least, 1);
	assert_int_equal(find(&interval, "10.0.0.2")->total.at_least, 0);
	interval__free(&interval);
	snapshot__free(&before);
	snapshot__free(&old);
	snapshot__free(&new);
}

/* Totals that are smaller than before are of a new count, whoever says otherwise. */
static void test_shrunk(void **state)
{
	struct tally_row earlier[] = {row_of("10.0.0.1", 5, 5)};
	struct tally_row later[] = {row_of("10.0.0.1", 3, 3)};
	struct snapshot before = snapshot_of(5, 0, 1, earlier);
	struct snapshot after = snapshot_of(3, 0, 1, later);
	struct interval interval = {};

	(void)state;
	assert_int_equal(interval__add(&interval, &before, &after, &everything), 0);
	assert_true(interval.restarted);
	assert_int_equal(interval.syns, 3);
	assert_delta(&interval, "10.0.0.1", 3, 3, 3);
	interval__free(&interval);
	snapshot__free(&before);
	snapshot__free(&after);
}

static void test_bounded(void **state)
{
	struct tally_row earlier[] = {row_of("10.0.0.1", 100, 120)};
	struct tally_row later[] = {row_of("10.0.0.1", 180, 200), row_of("10.0.0.2", 30, 60)};
	struct snapshot before = snapshot_of(1000, 20, 1, earlier);
	struct snapshot after = snapshot_of(2000, 30, 2, later);
	struct interval interval = {};

	(void)state;
	assert_int_equal(interval__add(&interval, &before, &after, &everything), 0);
	assert_delta(&interval, "10.0.0.1", 80, 60, 100);
	assert_delta(&interval, "10.0.0.2", 30, 10, 60);
	assert_int_equal(interval.unattributed, 1000 - 110);
	interval__free(&interval);
	snapshot__free(&before);
	snapshot__free(&after);
}

static void test_fold(void **state)
{
	struct tally_row rows[] = {row_of("10.0.0.1", 5, 6), row_of("10.0.1.1", 4, 4),
				   row_of("2001:db8:0:1::1", 3, 3), row_of("10.0.0.200", 2, 3),
				   row_of("2001:db8:0:1:8000::", 1, 1)};
	struct snapshot snapshot = snapshot_of(15, 0, 5, rows);
	struct source_view view = {};
	char text[SOURCE_VIEW_TEXT_BYTES];

	(void)state;
	assert_int_equal(source_view__set_prefixes(&view, "-a", "24/64", NULL), 0);
	source_view__apply(&view, &snapshot.tallies[TABLE_SOURCES]);
	assert_int_equal(snapshot.tallies[TABLE_SOURCES].count, 3);
	assert_int_equal(snapshot.tallies[TABLE_SOURCES].rows[0].at_least, 7);
	assert_int_equal(snapshot.tallies[TABLE_SOURCES].rows[0].at_most, 9);
	assert_string_equal(
		source_view__text(&view, &snapshot.tallies[TABLE_SOURCES].rows[0].endpoint, text),
		"10.0.0.0/24");
	assert_string_equal(
		source_view__text(&view, &snapshot.tallies[TABLE_SOURCES].rows[2].endpoint, text),
		"2001:db8:0:1::/64");
	assert_int_equal(source_view__set_network(&view, "--cidr", "10.0.1.0/24", NULL), 0);
	source_view__apply(&view, &snapshot.tallies[TABLE_SOURCES]);
	assert_int_equal(snapshot.tallies[TABLE_SOURCES].count, 1);
	assert_int_equal(snapshot.tallies[TABLE_SOURCES].attributed, 4);
	snapshot__free(&snapshot);
}

static void test_refused(void **state)
{
	/* The last would be 0/0, were it cut to the length of an address. */
	static const char *const prefixes[] = {
		"24",
		"24/",
		"/64",
		"33/64",
		"24/129",
		"24/64/1",
		"000000000000000000000000000000000000000000000000000000000000;/0"};
	static const char *const networks[] = {"",          "10.0.0.0/33", "10.0.0.1/24",
					       "10.0.0/24", "::/129",      "2001:db8::1/64",
					       "10.0.0.0/"};
	struct source_view view = {};

	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		assert_int_not_equal(source_view__set_prefixes(&view, "-a", prefixes[i], NULL), 0);
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		assert_int_not_equal(source_view__set_network(&view, "-c", networks[i], NULL), 0);
	assert_false(view.aggregates);
	assert_int_equal(source_view__set_network(&view, "-c", "0.0.0.0/0", NULL), 0);
	assert_int_equal(source_view__set_network(&view, "-c", "2001:db8::1", NULL), 0);
	assert_int_equal(view.cidr.bits, 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),   cmocka_unit_test(test_torn_reading),
		cmocka_unit_test(test_reset),   cmocka_unit_test(test_shrunk),
		cmocka_unit_test(test_bounded), cmocka_unit_test(test_fold),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
