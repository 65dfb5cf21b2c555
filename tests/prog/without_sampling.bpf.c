// SPDX-License-Identifier: GPL-2.0-only
// without_sampling: the programs as they are without the code of samples; see sampling_off.sh.
#define WITHOUT_SAMPLING
#include "xdp/syn.bpf.c"
