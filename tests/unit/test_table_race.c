// SPDX-License-Identifier: GPL-2.0-only
// test_table_race: reads of a table while it is written to: the bounds hold at every instruction of
// the writer, and in a million reads while it runs.
// long: the writer is stopped at every instruction
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/counts/table_copy.h"
#include "tests/table_world.h"
#include "tests/unit_test.h"

#define SOURCES 20

/* The writer, as seen by its reader. */
struct race {
	struct world *world;
	__u64 (*finished)[SOURCES]; /* SYNs that are certainly counted, by source */
	struct table_copy *copy;
	atomic_bool is_over;
	__u64 reads;
};

static struct race race_start(enum table table, __u32 places, __u64 seed)
{
	struct world *world = world__new(1, 1, places, seed);
	struct race race = {.world = world};
	struct tally_memory memory;

	world->table = table;
	memory = world__memory(world);
	race.copy = table_copy__new(&memory);
	/* The end of the truth is not used, and shared. */
	race.finished = (void *)&world->truth[WORLD_SOURCES - SOURCES];
	assert_non_null(race.copy);
	return race;
}

static void race_end(struct race *race)
{
	table_copy__free(race->copy);
	world__free(race->world);
}

/* Bursts and single SYNs: hits, repetitions of the last source, evictions and spills. */
static void write_syns(struct race *race, __u32 syns)
{
	volatile __u64 *finished = *race->finished;
	__u32 number = 0;

	for (__u32 i = 0; i < syns; i++) {
		if (i % 7 < 4)
			number = world__random(race->world) % SOURCES;
		world__count(race->world, 0, number);
		finished[number]++;
	}
}

static void check_row(const struct race *race, const struct tally_row *row, __u64 finished)
{
	__u64 begun = ((volatile __u64 *)race->world->truth)[world__number(&row->endpoint)];

	if (row->at_least > begun || row->at_most < finished)
		fail_msg("source %u: %llu to %llu, but %llu to %llu SYNs have arrived",
			 world__number(&row->endpoint), row->at_least, row->at_most, finished,
			 begun);
}

static void read_copy(struct race *race)
{
	__u64 finished[SOURCES];
	struct table_set set;

	for (__u32 number = 0; number < SOURCES; number++)
		finished[number] = ((volatile __u64 *)*race->finished)[number];
	for (size_t number = 0; number < race->world->config.buckets; number++)
		table_copy__take_bucket(race->copy, number);
	table_copy__begin_front(race->copy);
	for (__u32 number = 0; number < tally__sets(&race->copy->table.config); number++)
		table_copy__take_set(race->copy, 0, number, &set);
	table_copy__end(race->copy);
	for (__u32 number = 0; number < SOURCES; number++) {
		const struct endpoint source = world__source(number);
		struct tally_row row = table_copy__row(race->copy, &source);

		check_row(race, &row, finished[number]);
	}
	race->reads++;
}

static void read_all(struct race *race)
{
	__u64 finished[SOURCES];
	struct tally tally;

	for (__u32 number = 0; number < SOURCES; number++)
		finished[number] = ((volatile __u64 *)*race->finished)[number];
	tally = world__read(race->world);
	for (size_t i = 0; i < tally.count; i++)
		check_row(race, &tally.rows[i], finished[world__number(&tally.rows[i].endpoint)]);
	tally__free(&tally);
	race->reads++;
}

/* Return: the writer's process, stopped; or -1 if it may not be traced here. */
static pid_t start_traced(struct race *race, __u32 syns)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(1);
		raise(SIGSTOP);
		write_syns(race, syns);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSTOPPED(status))
		return -1;
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_EXITKILL);
	return pid;
}

static void step_through(enum table table, __u32 places, __u32 syns)
{
	struct race race = race_start(table, places, 3 + places);
	pid_t pid;
	int status = 0;

	write_syns(&race, 200); /* fills the table */
	pid = start_traced(&race, syns);
	if (pid < 0) {
		race_end(&race);
		print_message("# skipped: a process may not be traced here\n");
		skip();
	}
	while (!ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) && waitpid(pid, &status, 0) == pid &&
	       WIFSTOPPED(status)) {
		read_copy(&race);
		if (race.reads % 8 == 0)
			read_all(&race);
	}
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	assert_true(race.reads > 50ull * syns);
	race_end(&race);
}

/* Between any two instructions, because what a race shows is otherwise up to chance. */
static void test_every_instruction(void **state)
{
	(void)state;
	step_through(TABLE_SOURCES, 2, 40);
	step_through(TABLE_SOURCES, SOURCES, 40);
	step_through(TABLE_VICTIMS, 2, 40);
	step_through(TABLE_VICTIMS, SOURCES, 40);
}

static void *write_until_over(void *argument)
{
	struct race *race = argument;

	while (!atomic_load(&race->is_over))
		write_syns(race, 1000);
	return NULL;
}

static void test_a_million_reads(void **state)
{
	static const __u32 places[] = {2, SOURCES};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct race race = race_start(i ? TABLE_VICTIMS : TABLE_SOURCES, places[i], 9 + i);
		pthread_t writer;

		assert_int_equal(pthread_create(&writer, NULL, write_until_over, &race), 0);
		while (race.reads < 500000) {
			read_copy(&race);
			if (race.reads % 16 == 0)
				read_all(&race);
		}
		atomic_store(&race.is_over, true);
		pthread_join(writer, NULL);
		race_end(&race);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_instruction),
		cmocka_unit_test(test_a_million_reads),
	};

	return cmocka_run_group_tests_name("table_race", tests, NULL, NULL);
}
