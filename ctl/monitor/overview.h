// SPDX-License-Identifier: GPL-2.0-only
// overview: a row for each of several watched interfaces, the busiest first, and one for all.
#ifndef CTL_MONITOR_OVERVIEW_H
#define CTL_MONITOR_OVERVIEW_H

#include "common/counts/merge.h"
#include "ctl/monitor/rate_history.h"
#include "ctl/monitor/watch.h"

struct overview_row {
	char interface[IFNAMSIZ]; /* empty: all together */
	enum watched_state state;
	const char *mode;   /* NULL: the program does not run, or this is the row for all */
	const char *reason; /* why there are no current counts; NULL: there are */
	bool has_counts;
	bool has_rates; /* false: it was read only once, or it has no counts */
	double syns_pps;
	double frames_pps;
	__u64 syns;
	__u64 frames;
	bool has_policy;    /* one decides, or has decided: @dropped is known */
	__u64 dropped;      /* frames */
	bool is_armed;      /* one decides: @under_attack is known */
	__u64 under_attack; /* victims of its policy, on whichever interface; for all: each once */
	/* The one with the most SYNs, by rate if that is known; all zeros: none. */
	struct endpoint_count victim;
	struct endpoint_count source;
	const struct rate_history *history; /* NULL: none */
};

/* Valid until the next reading of the watch and the histories that it was made from. */
struct overview {
	struct overview_row *rows;
	size_t count;
	enum source_order order;
	struct overview_row all;      /* sums; a frame that passes two interfaces counts twice */
	__u64 states[WATCHED_STATES]; /* interfaces in each state */
	bool has_endpoint_rates;      /* of victims and sources */
	__u64 idle;                   /* those that count, and received no frame */
};

/**
 * overview__build() - compare all watched interfaces
 * @histories: where the rates are taken from; NULL: from the watch's interval
 * @order: ORDER_BY_RATE: most SYNs per second first, then most frames; ORDER_BY_TOTAL: most SYNs
 * first. Interfaces that cannot be read come next, then idle ones, by name: eth2 before eth10
 *
 * Return: 0 with *@ret to be freed by overview__free(), or -ENOMEM.
 */
int overview__build(const struct watch *watch, const struct rate_histories *histories,
		    enum source_order order, struct overview *ret);

/** overview_row__is_idle() - true if it counts, and received no frame. */
bool overview_row__is_idle(const struct overview_row *row);

/** overview_row__syn_share() - SYNs per frame, now; negative: unknown, or there are no frames. */
double overview_row__syn_share(const struct overview_row *row);

/** overview__keep() - drop rows of other interfaces; no names: none. The row for all stays. */
void overview__keep(struct overview *overview, const char *const *names);

/** overview__find() - the row of an interface, or NULL. */
const struct overview_row *overview__find(const struct overview *overview, const char *interface);

/** overview__free() - free what it holds; zeros are fine. */
void overview__free(struct overview *overview);

#endif
