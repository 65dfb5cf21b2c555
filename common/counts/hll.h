// SPDX-License-Identifier: GPL-2.0-only
// hll: the number of distinct endpoints that HyperLogLog registers have seen.
#ifndef COMMON_COUNTS_HLL_H
#define COMMON_COUNTS_HLL_H

#include "common/abi/abi.h"

/** hll__estimate() - estimate it from HLL_REGISTERS registers. */
double hll__estimate(const __u8 *registers);

#endif
