// SPDX-License-Identifier: GPL-2.0-only
// findings: the checks of `xdpctl doctor`, as rows of tables, and their results.
#ifndef CTL_DOCTOR_FINDINGS_H
#define CTL_DOCTOR_FINDINGS_H

#include <linux/types.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/errmsg.h"
#include "common/netdev/netdev.h"

enum check_state {
	CHECK_OK,
	CHECK_WARNING, /* works, but slower, with fewer features, or less safely */
	CHECK_PROBLEM, /* counting does not work */
	CHECK_UNKNOWN, /* cannot be determined here */
};

struct finding {
	char name[32];
	enum check_state state;
	char text[256];
	char remedy[256];  /* or empty */
	__u64 duration_ns; /* of a self-test step, else 0 */
};

/* A row of a table of checks. */
struct check {
	const char *name;
	/* Calls finding__set(). @row is the check's own. */
	void (*look)(const void *row, const struct netdev *netdev, struct finding *ret);
	const void *row;
};

struct findings {
	struct finding *rows;
	size_t count;
};

/** finding__set() - set the result, and what to do about it (NULL: nothing). */
void finding__set(struct finding *finding, enum check_state state, const char *remedy,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/** finding__remedy() - set a remedy that is formatted. */
void finding__remedy(struct finding *finding, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * findings__add() - append a finding of state CHECK_UNKNOWN
 *
 * Return: the new row, valid until the next one is added; NULL without memory.
 */
struct finding *findings__add(struct findings *findings, const char *name);

/**
 * findings__run() - run the checks of a table
 * @checks: ends with a row without a name
 * @netdev: for checks of an interface; NULL for the others
 *
 * Return: 0, or -ENOMEM.
 */
int findings__run(struct findings *findings, const struct check *checks,
		  const struct netdev *netdev);

/** findings__count() - the number of findings of a state. */
size_t findings__count(const struct findings *findings, enum check_state state);

/** findings__free() - an empty one is fine. */
void findings__free(struct findings *findings);

/** print_findings() - one line per finding, and one for its remedy. */
void print_findings(const struct findings *findings);

/** findings_to_json() - a new array; NULL without memory. */
json_t *findings_to_json(const struct findings *findings);

/* The tables. */
extern const struct check doctor_system_checks[];
extern const struct check doctor_feature_checks[];
extern const struct check doctor_device_checks[];
extern const struct check doctor_answer_checks[];
extern const struct check doctor_summary_checks[]; /* for each interface when none was named */

#endif
