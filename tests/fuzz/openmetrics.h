// SPDX-License-Identifier: GPL-2.0-only
// openmetrics: a strict reader of metrics, for those that the exporter prints.
#ifndef TESTS_FUZZ_OPENMETRICS_H
#define TESTS_FUZZ_OPENMETRICS_H

#include <stdbool.h>

/**
 * openmetrics__complaint() - what is wrong with a page of metrics
 * @text: ends with NUL
 * @classic: Prometheus text 0.0.4, not OpenMetrics 1.0
 * @ret_samples: how many there are
 *
 * Gauges and counters only. Return: what is wrong, or NULL.
 */
const char *openmetrics__complaint(const char *text, bool classic, unsigned int *ret_samples);

#endif
