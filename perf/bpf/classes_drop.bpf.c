// SPDX-License-Identifier: GPL-2.0-only
// classes_drop: counts the class of a frame and drops it: the ceiling of the live rows.
#define LAB_VERDICT XDP_DROP
#include "perf/bpf/classes.bpf.c"
