// SPDX-License-Identifier: GPL-2.0-only
// print_verifier: the verifier's statistics, as text or as JSON.
#ifndef CTL_INSPECT_PRINT_VERIFIER_H
#define CTL_INSPECT_PRINT_VERIFIER_H

#include <jansson.h>

#include "common/bpf/verifier.h"

/** print_statistics() - print as indented lines, below the program's heading. */
void print_statistics(const struct verification *verification);

/** statistics_to_json() - a new object; NULL without memory. */
json_t *statistics_to_json(const struct verification *verification);

#endif
