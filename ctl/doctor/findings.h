// SPDX-License-Identifier: GPL-2.0-only
// findings: the checks of `xdpctl doctor`, as rows of tables, and what they find.
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
	CHECK_WARNING, /* it works, but slower, with less, or less safely */
	CHECK_PROBLEM, /* counting does not work as it is */
	CHECK_UNKNOWN, /* it cannot be found out here */
};

struct finding {
	char name[32];
	enum check_state state;
	char text[256];
	char remedy[256];  /* empty where there is none, or none is needed */
	__u64 duration_ns; /* of a step of the self-test */
};

/* A row: what is looked at, and how. */
struct check {
	const char *name;
	/* Says what it found by finding__set(); @row is the check's own. */
	void (*look)(const void *row, const struct netdev *netdev, struct finding *ret);
	const void *row;
};

struct findings {
	struct finding *rows;
	size_t count;
};

/** finding__set() - what was found, and what to do about it (NULL: nothing). */
void finding__set(struct finding *finding, enum check_state state, const char *remedy,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/** finding__remedy() - another remedy, formatted. */
void finding__remedy(struct finding *finding, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * findings__add() - room for one more, of state CHECK_UNKNOWN
 *
 * Return: the new row, until the next one is added; NULL without memory.
 */
struct finding *findings__add(struct findings *findings, const char *name);

/**
 * findings__run() - run the checks of a table, which ends with a row without a name
 * @netdev: what checks of an interface look at; NULL for the others
 *
 * Return: 0, or -ENOMEM.
 */
int findings__run(struct findings *findings, const struct check *checks,
		  const struct netdev *netdev);

/** findings__count() - how many are of a state. */
size_t findings__count(const struct findings *findings, enum check_state state);

/** findings__free() - an empty one is fine. */
void findings__free(struct findings *findings);

/** print_findings() - a line each, with the remedy below where there is one. */
void print_findings(const struct findings *findings);

/** findings_to_json() - a new array; NULL without memory. */
json_t *findings_to_json(const struct findings *findings);

/* The tables. */
extern const struct check doctor_system_checks[];
extern const struct check doctor_feature_checks[];
extern const struct check doctor_device_checks[];
extern const struct check doctor_summary_checks[]; /* of each interface, when none was named */

#endif
