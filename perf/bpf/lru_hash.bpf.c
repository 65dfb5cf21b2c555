// SPDX-License-Identifier: GPL-2.0-only
// lru_hash: counts SYNs per source in an LRU hash.
#define LAB_MAP_TYPE BPF_MAP_TYPE_LRU_HASH
#include "perf/bpf/sources.bpf.h"
