// SPDX-License-Identifier: GPL-2.0-only
// hash_drop: counts SYNs per source in a plain hash, and drops every frame.
#define LAB_MAP_TYPE BPF_MAP_TYPE_HASH
#define LAB_VERDICT XDP_DROP
#include "perf/bpf/sources.bpf.h"
