// SPDX-License-Identifier: GPL-2.0-only
// print_verifier: the verifier's statistics, as lines for people or as JSON.
#ifndef CTL_INSPECT_PRINT_VERIFIER_H
#define CTL_INSPECT_PRINT_VERIFIER_H

#include <jansson.h>

#include "common/bpf/verifier.h"

/** table__statistics() - a line for each, under a heading that was printed before. */
void table__statistics(const struct verification *verification);

/** json__statistics() - a new object; NULL without memory. */
json_t *json__statistics(const struct verification *verification);

#endif
