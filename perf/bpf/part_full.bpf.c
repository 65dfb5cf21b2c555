// SPDX-License-Identifier: GPL-2.0-only
// part_full: as part_source, but the back tier refuses all: what evictions into it cost.
#define LAB_MAX_ENDPOINTS 0
#include "perf/bpf/part_source.bpf.c"
