// SPDX-License-Identifier: GPL-2.0-only
// lru_percpu_hash: counts SYNs per source and CPU in an LRU hash.
#define LAB_MAP_TYPE BPF_MAP_TYPE_LRU_PERCPU_HASH
#define LAB_PER_CPU 1
#include "perf/bpf/sources.bpf.h"
