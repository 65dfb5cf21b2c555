// SPDX-License-Identifier: GPL-2.0-only
// results: the measurements in the kernel, as JSON.
#include "perf/results.h"

#include <string.h>

/* A row, and the rows of the same suite and traffic to compare it with. */
struct row_position {
	const struct measurement *measurement;
	size_t suite;
	int crew;
	size_t traffic;
	size_t program;
};

static const struct cell *cell_of(const struct row_position *position, size_t program)
{
	return measure__cell(position->measurement, position->suite, position->crew,
			     position->traffic, program);
}

/* The cost above the null program, within each round. */
static json_t *above_null(const struct row_position *position, double *above)
{
	const struct cell *cell = cell_of(position, position->program);
	const struct cell *null = cell_of(position, PROGRAM_NULL);

	for (__u32 i = 0; i < cell->rounds; i++)
		above[i] = cell->frame_ns[i] - null->frame_ns[i];
	return spread__to_json(above, cell->rounds);
}

/* Ratios to the cost of peers above the same floor, within each round. */
static void add_ratio(const struct row_position *position, size_t program, const char *name,
		      const double *above, json_t *row)
{
	const struct cell *peer = cell_of(position, program);
	const struct cell *null = cell_of(position, PROGRAM_NULL);
	double ratio[SAMPLES_MAX];

	for (__u32 i = 0; i < peer->rounds; i++) {
		double peer_above = peer->frame_ns[i] - null->frame_ns[i];

		if (peer_above <= 0)
			return;
		ratio[i] = above[i] / peer_above;
	}
	if (peer->rounds && position->program != program)
		json_object_set_new(row, name, spread__to_json(ratio, peer->rounds));
}

/* How many times one CPU's packets all CPUs count, within each round. */
static void add_scaling(const struct row_position *position, json_t *row)
{
	struct row_position one = *position;
	const struct cell *all = cell_of(position, position->program), *single;
	double scaling[SAMPLES_MAX];

	one.crew = ON_ONE_CPU;
	single = cell_of(&one, position->program);
	if (position->crew == ON_ONE_CPU || single->rounds != all->rounds)
		return;
	for (__u32 i = 0; i < all->rounds; i++)
		scaling[i] = all->packets_per_second[i] / single->packets_per_second[i];
	json_object_set_new(row, "ratio_to_one_cpu", spread__to_json(scaling, all->rounds));
}

/* What a SYN costs more than one of 4K sources, within each round. */
static void add_difference(const struct row_position *position, const double *above, json_t *row)
{
	const struct suite *suite = &position->measurement->rows->suites[position->suite];
	struct row_position few = *position;
	double few_above[SAMPLES_MAX], more[SAMPLES_MAX];
	__u32 rounds = cell_of(position, position->program)->rounds;

	for (few.traffic = 0; few.traffic < suite->traffic_count; few.traffic++)
		if (!strcmp(suite->traffic[few.traffic].name, "syn_4k"))
			break;
	if (few.traffic == suite->traffic_count || cell_of(&few, few.program)->rounds != rounds)
		return;
	json_decref(above_null(&few, few_above));
	for (__u32 i = 0; i < rounds; i++)
		more[i] = above[i] - few_above[i];
	json_object_set_new(row, "above_4k_ns", spread__to_json(more, rounds));
}

static json_t *results_row_to_json(const struct row_position *position)
{
	const struct measurement *measurement = position->measurement;
	const struct suite *suite = &measurement->rows->suites[position->suite];
	const struct traffic *traffic = &suite->traffic[position->traffic];
	const struct cell *cell = cell_of(position, position->program);
	double above[SAMPLES_MAX];
	json_t *row = json_pack(
		"{s:s, s:s, s:s, s:i, s:I, s:o, s:o}", "suite", suite->name, "traffic",
		traffic->name, "program", program_rows[position->program].name, "jobs",
		(int)measure__jobs(measurement, position->crew), "frames", (json_int_t)cell->frames,
		"ns_per_packet", spread__to_json(cell->frame_ns, cell->rounds),
		"packets_per_second", spread__to_json(cell->packets_per_second, cell->rounds));

	if (cell->memory_bytes)
		json_object_set_new(row, "memory_bytes",
				    json_integer((json_int_t)cell->memory_bytes));
	if (position->program == PROGRAM_NULL)
		return row;
	json_object_set_new(row, "above_null_ns", above_null(position, above));
	add_ratio(position, PROGRAM_XDP_FILTER, "ratio_to_xdp_filter", above, row);
	add_ratio(position, PROGRAM_HASH, "ratio_to_hash", above, row);
	add_ratio(position, PROGRAM_LRU_HASH, "ratio_to_lru_hash", above, row);
	add_scaling(position, row);
	add_difference(position, above, row);
	return row;
}

static void results_add_rows(const struct measurement *measurement, size_t suite, int crew,
			     json_t *rows)
{
	struct row_position position = {.measurement = measurement, .suite = suite, .crew = crew};
	size_t count = measurement->rows->suites[suite].traffic_count;

	for (position.traffic = 0; position.traffic < count; position.traffic++)
		for (position.program = 0; position.program < PROGRAM_COUNT; position.program++)
			if (cell_of(&position, position.program)->rounds)
				json_array_append_new(rows, results_row_to_json(&position));
}

static json_t *outcome_to_json(const struct measurement *measurement, size_t suite, int crew,
			       size_t program)
{
	const struct outcome *outcome = &measurement->outcomes[suite][crew][program];
	const struct program_row *row = &program_rows[program];
	const struct target_counts *counts = &outcome->counts;
	json_t *object = json_pack("{s:s, s:s, s:i, s:b, s:I}", "suite",
				   measurement->rows->suites[suite].name, "program", row->name,
				   "jobs", (int)measure__jobs(measurement, crew), "reconciled",
				   outcome->reconciled, "frames", (json_int_t)counts->frames);

	if (!outcome->reconciled)
		json_object_set_new(object, "why", json_string(outcome->why.text));
	if (outcome->interrupted)
		json_object_set_new(object, "interrupted", json_true());
	if (row->counts_classes)
		json_object_set_new(object, "counted", json_integer((json_int_t)counts->counted));
	if (row->counts_sources)
		json_object_update_new(object, json_pack("{s:I, s:I, s:I}", "syns",
							 (json_int_t)counts->syns, "attributed",
							 (json_int_t)counts->attributed, "failed",
							 (json_int_t)counts->failures));
	return object;
}

static bool has_outcome(const struct outcome *outcome)
{
	return outcome->reconciled || outcome->why.text[0];
}

static json_t *programs_to_json(const struct measurement *measurement)
{
	json_t *programs = json_array();

	for (size_t i = 0; i < PROGRAM_COUNT; i++) {
		json_t *program = json_pack("{s:s, s:s}", "name", program_rows[i].name, "label",
					    program_rows[i].label);

		if (measurement->unavailable[i].text[0])
			json_object_set_new(program, "unavailable",
					    json_string(measurement->unavailable[i].text));
		json_array_append_new(programs, program);
	}
	return programs;
}

static json_t *traffic_to_json(const struct measurement *measurement)
{
	json_t *kinds = json_array();

	for (size_t suite = 0; suite < SUITE_COUNT; suite++)
		for (size_t i = 0; i < measurement->rows->suites[suite].traffic_count; i++) {
			const struct traffic *row = &measurement->rows->suites[suite].traffic[i];
			json_t *kind = json_pack("{s:s, s:s, s:s}", "suite",
						 measurement->rows->suites[suite].name, "name",
						 row->name, "label", row->label);

			if (row->capture)
				json_object_set_new(kind, "frames",
						    json_integer(row->capture->count));
			else
				json_object_set_new(kind, "sources",
						    json_integer(1ll << row->sources_log2));
			json_array_append_new(kinds, kind);
		}
	return kinds;
}

json_t *results__to_json(const struct measurement *measurement)
{
	const struct measure_options *options = &measurement->options;
	json_t *rows = json_array(), *outcomes = json_array();

	for (size_t suite = 0; suite < SUITE_COUNT; suite++)
		for (int crew = 0; crew < CREWS; crew++) {
			results_add_rows(measurement, suite, crew, rows);
			for (size_t i = 0; i < PROGRAM_COUNT; i++)
				if (has_outcome(&measurement->outcomes[suite][crew][i]))
					json_array_append_new(
						outcomes,
						outcome_to_json(measurement, suite, crew, i));
		}
	return json_pack("{s:i, s:i, s:i, s:b, s:i, s:o, s:o, s:o, s:o}", "schema", RESULTS_SCHEMA,
			 "rounds", (int)options->rounds, "all_cpus", (int)options->jobs, "quick",
			 options->quick, "interruptions", (int)measurement->interruptions,
			 "programs", programs_to_json(measurement), "traffic",
			 traffic_to_json(measurement), "rows", rows, "reconciliation", outcomes);
}

const char *results__mismatch(const struct measurement *measurement)
{
	for (size_t suite = 0; suite < SUITE_COUNT; suite++)
		for (int crew = 0; crew < CREWS; crew++)
			for (size_t i = 0; i < PROGRAM_COUNT; i++) {
				const struct outcome *outcome =
					&measurement->outcomes[suite][crew][i];

				if (!outcome->reconciled && !outcome->interrupted &&
				    outcome->why.text[0])
					return outcome->why.text;
			}
	return NULL;
}
