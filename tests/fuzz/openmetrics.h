// SPDX-License-Identifier: GPL-2.0-only
// openmetrics: a strict parser for the exporter's metrics.
#ifndef TESTS_FUZZ_OPENMETRICS_H
#define TESTS_FUZZ_OPENMETRICS_H

#include <stdbool.h>

/**
 * openmetrics__complaint() - check a page of metrics
 * @text: ends with NUL
 * @classic: Prometheus text 0.0.4, not OpenMetrics 1.0
 * @ret_samples: the number of samples
 *
 * Gauges and counters only. Return: the first error, or NULL.
 */
const char *openmetrics__complaint(const char *text, bool classic, unsigned int *ret_samples);

#endif
