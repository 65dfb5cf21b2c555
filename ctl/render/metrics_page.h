// SPDX-License-Identifier: GPL-2.0-only
// metrics_page: a document of metrics while it is printed, and its samples.
#ifndef CTL_RENDER_METRICS_PAGE_H
#define CTL_RENDER_METRICS_PAGE_H

#include <stdio.h>

#include "ctl/monitor/watch.h"

enum openmetrics_dialect {
	OPENMETRICS_1_0,
	OPENMETRICS_CLASSIC, /* Prometheus text 0.0.4, the only format of node_exporter's textfiles
			      */
};

struct page;

enum bound { AT_LEAST, AT_MOST };

/* A metric family: its metadata, and a function that prints its samples of one interface. */
struct family {
	const char *name;
	const char *type;
	const char *unit; /* or NULL */
	const char *help;
	void (*print)(const struct page *page);
	bool always;      /* also for an interface without counts */
	enum table table; /* of metric_rows() */
	enum bound bound;
};

/* The document, and the family and interface that are being printed. */
struct page {
	FILE *out;
	const struct watch *watch;
	enum openmetrics_dialect dialect;
	size_t top;
	const struct family *family;
	const struct watched *watched;
};

/** metric_head() - print the metadata of a family. */
void metric_head(const struct page *page);

/** metric_label_value() - print the value of a label, escaped. */
void metric_label_value(FILE *out, const char *text);

/** sample_open() - print `name{interface="eth0"`; further labels and the closing brace follow. */
void sample_open(const struct page *page, const char *suffix);

/** metric_total() - print a sample of a counter without further labels. */
void metric_total(const struct page *page, __u64 value);

/** metric_gauge() - print a sample of a gauge without further labels. */
void metric_gauge(const struct page *page, __u64 value);

#endif
