// SPDX-License-Identifier: GPL-2.0-only
// test_interval: deltas between snapshots, across restarts and torn reads.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/counts/interval.h"
#include "tests/tally_rows.h"

static const struct source_view everything;
static const struct tally_row no_row;

/* A snapshot with these rows and nothing but SYNs. */
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

/* A count moving between the tiers is missed by the read; a count never shrinks. */
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

/* The counts before a reset and those after it form one interval. */
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

/* Smaller totals than before mean that counting restarted. */
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

/* Rows of attacks; ids stand for rule and victim. */
static void set_attacks(struct snapshot *snapshot, size_t count, const struct attack_row *rows)
{
	struct policy_counts *policy = &snapshot->policy;

	policy->counted = policy->is_armed = true;
	policy->attacks = calloc(count + 1, sizeof(*rows));
	assert_non_null(policy->attacks);
	memcpy(policy->attacks, rows, count * sizeof(*rows));
	policy->attack_count = count;
}

/* Reasons and rules add up over a reset; the policy's attacks go on, and have no rate across it. */
static void test_policy(void **state)
{
	const struct attack_row earlier[] = {{.id = 3, .syns = 100}, {.id = 9, .syns = 50}};
	const struct attack_row later[] = {
		{.id = 9, .syns = 80}, {.id = 5, .syns = 7}, {.id = 3, .syns = 90}};
	struct snapshot before = snapshot_of(10, 0, 0, &no_row),
			after = snapshot_of(30, 0, 0, &no_row);
	struct snapshot fresh = snapshot_of(4, 0, 0, &no_row);
	struct interval interval = {};

	(void)state;
	before.policy.reasons[REASON_DROP_DENY] = 4;
	after.policy.reasons[REASON_DROP_DENY] = 9;
	after.policy.shadow[REASON_DROP_LIMIT] = 2;
	before.policy.rules[7] = (struct rule_counters){.matched = 4};
	after.policy.rules[7] = (struct rule_counters){.matched = 9, .shadow = 3};
	fresh.policy.reasons[REASON_DROP_DENY] = 1;
	fresh.policy.rules[7] = (struct rule_counters){.matched = 1};
	set_attacks(&before, COUNT_OF(earlier), earlier);
	set_attacks(&after, COUNT_OF(later), later);
	set_attacks(&fresh, COUNT_OF(later), later);
	assert_int_equal(interval__add(&interval, &before, &after, &everything), 0);
	assert_int_equal(after.policy.attacks[0].syns_in_interval, 30);
	assert_int_equal(after.policy.attacks[1].syns_in_interval, 7); /* not there before */
	assert_int_equal(after.policy.attacks[2].syns_in_interval, 0); /* it was listed anew */
	assert_int_equal(interval__add(&interval, NULL, &fresh, &everything), 0);
	assert_int_equal(fresh.policy.attacks[0].syns_in_interval, 0);
	assert_int_equal(interval.reasons[REASON_DROP_DENY], 5 + 1);
	assert_int_equal(interval.reasons[REASON_PASS_DEFAULT], 0);
	assert_int_equal(interval.shadow[REASON_DROP_LIMIT], 2);
	assert_int_equal(interval.rules[7].matched, 5 + 1);
	assert_int_equal(interval.rules[7].shadow, 3);
	interval__free(&interval);
	snapshot__free(&before);
	snapshot__free(&after);
	snapshot__free(&fresh);
}

/* Victims under attack come first, whatever they were sent; only enforced sources are dropped. */
static void test_policy_counts(void **state)
{
	const struct attack_row rows[] = {{.id = 1, .syns = 900},
					  {.id = 2, .syns = 5, .is_on = true},
					  {.id = 3, .syns = 80, .is_on = true}};
	const struct verdict_counters cpu = {
		.reasons = {[REASON_DROP_DENY] = 1,
			    [REASON_DROP_LIMIT] = 20,
			    [REASON_DROP_ATTACK] = 300,
			    [REASON_DROP_ATTACK_LIMIT] = 4000},
		.untracked_syns = 6,
		.rules[POLICY_RULES - 1] = {.matched = 8, .shadow = 9},
	};
	struct snapshot snapshot = snapshot_of(0, 0, 0, &no_row);
	struct policy_counts *policy = &snapshot.policy;

	(void)state;
	set_attacks(&snapshot, COUNT_OF(rows), rows);
	policy_counts__sort_attacks(policy);
	assert_int_equal(policy->attacks[0].id, 3);
	assert_int_equal(policy->attacks[1].id, 2);
	assert_int_equal(policy->attacks[2].id, 1);
	assert_int_equal(policy_counts__under_attack(policy), 2);
	policy_counts__add(policy, &cpu);
	policy_counts__add(policy, &cpu);
	assert_int_equal(policy_counts__dropped(policy), 2 * 4021);
	assert_int_equal(policy->reasons[REASON_DROP_ATTACK], 600);
	assert_int_equal(policy->untracked_syns, 12);
	assert_int_equal(policy->rules[POLICY_RULES - 1].matched, 16);
	assert_int_equal(policy->rules[POLICY_RULES - 1].shadow, 18);
	snapshot__free(&snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),         cmocka_unit_test(test_torn_reading),
		cmocka_unit_test(test_reset),         cmocka_unit_test(test_shrunk),
		cmocka_unit_test(test_bounded),       cmocka_unit_test(test_policy),
		cmocka_unit_test(test_policy_counts),
	};

	return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}
