// SPDX-License-Identifier: GPL-2.0-only
// hll: the number of distinct endpoints that HyperLogLog registers have seen.
//
// The estimator is the improved one of Ertl, "New Cardinality Estimation Algorithms for HyperLogLog
// Sketches" (2017), section 2.2: unbiased from zero on, without tables and without switching
// between formulas. Its relative error with 2^14 registers is 0.81 %.
#include "common/counts/hll.h"

#include <math.h>

#define MAX_RANK (64 - HLL_BITS + 1)

/* The contribution of registers that are still zero. */
static double sigma(double x)
{
	double y = 1, z = x, previous;

	if (x == 1)
		return INFINITY;
	do {
		x *= x;
		previous = z;
		z += x * y;
		y += y;
	} while (z != previous);
	return z;
}

/* The contribution of registers at their maximum. */
static double tau(double x)
{
	double y = 1, z = 1 - x, previous;

	if (x == 0 || x == 1)
		return 0;
	do {
		x = sqrt(x);
		previous = z;
		y /= 2;
		z -= (1 - x) * (1 - x) * y;
	} while (z != previous);
	return z / 3;
}

double hll__estimate(const __u8 *registers)
{
	const double m = HLL_REGISTERS;
	unsigned int ranks[MAX_RANK + 1] = {};
	double z;

	for (int i = 0; i < HLL_REGISTERS; i++)
		ranks[registers[i] < MAX_RANK ? registers[i] : MAX_RANK]++;
	z = m * tau(1 - ranks[MAX_RANK] / m);
	for (int rank = MAX_RANK - 1; rank >= 1; rank--)
		z = 0.5 * (z + ranks[rank]);
	z += m * sigma(ranks[0] / m);
	return m * m / (2 * M_LN2 * z);
}
