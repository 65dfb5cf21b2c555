// SPDX-License-Identifier: GPL-2.0-only
// lru_own_lists: counts SYNs per source in an LRU hash with a list for each CPU.
#define LAB_MAP_TYPE BPF_MAP_TYPE_LRU_HASH
#define LAB_MAP_FLAGS BPF_F_NO_COMMON_LRU
#include "perf/bpf/sources.bpf.h"
