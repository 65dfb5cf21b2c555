// SPDX-License-Identifier: GPL-2.0-only
// compiler: libbpf's words for the compiler, for code that is compiled for BPF and for the host.
#ifndef COMMON_ABI_COMPILER_H
#define COMMON_ABI_COMPILER_H

/* linux/stddef.h defines it as no more than a hint. */
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))

#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif

#ifndef barrier
#define barrier() asm volatile("" ::: "memory")
#endif

#ifndef barrier_var
#define barrier_var(variable) asm volatile("" : "=r"(variable) : "0"(variable))
#endif

/* A constant of the program, set before it is loaded; on the host, before it runs. */
#ifdef __bpf__
#define LOAD_CONSTANT const volatile
#else
#define LOAD_CONSTANT static
#endif

/* As in stdbool.h, which the BPF side does not include. */
#ifndef bool
#define bool _Bool
#define true 1
#define false 0
#endif

#endif
