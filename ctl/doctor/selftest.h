// SPDX-License-Identifier: GPL-2.0-only
// selftest: the life of a BPF program, step by step, on a tiny one that reports an exec.
#ifndef CTL_DOCTOR_SELFTEST_H
#define CTL_DOCTOR_SELFTEST_H

#include "ctl/doctor/findings.h"

/**
 * selftest__run() - write, compile, load, attach, trigger, read, detach, unload
 *
 * One finding per step, with its duration. Everything is cleaned up, after Ctrl-C too. Without
 * clang the built-in instructions are used; without a mounted tracefs, a private mount or the map
 * alone.
 *
 * Return: 0 with the steps in @findings, whether they worked or not; or a negative errno.
 */
int selftest__run(struct findings *findings);

#endif
