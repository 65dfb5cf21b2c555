// SPDX-License-Identifier: GPL-2.0-only
// host: the machine that the figures were measured on, without its name.
#ifndef PERF_HOST_H
#define PERF_HOST_H

#include <jansson.h>

/** host__to_json() - CPU, caches, memory, kernel, JIT, mitigations, compilers. */
json_t *host__to_json(void);

/** host__load() - the three load averages. */
json_t *host__load(void);

#endif
