// SPDX-License-Identifier: GPL-2.0-only
// hash: counts SYNs per source in a plain hash.
#define LAB_MAP_TYPE BPF_MAP_TYPE_HASH
#include "perf/bpf/sources.bpf.h"
