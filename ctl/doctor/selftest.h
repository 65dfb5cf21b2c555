// SPDX-License-Identifier: GPL-2.0-only
// selftest: a BPF program's whole life, once, on a tiny one that reports the start of a program.
#ifndef CTL_DOCTOR_SELFTEST_H
#define CTL_DOCTOR_SELFTEST_H

#include "ctl/doctor/findings.h"

/**
 * selftest__run() - write, compile, load, attach, trigger, read, detach, unload
 *
 * One finding for each step, with its time. Nothing is left behind, also after Ctrl-C. What works
 * without is not changed: without clang, the instructions are built in; without tracefs, the line
 * comes by way of a mount that only this process has, or the map alone tells.
 *
 * Return: 0 with the steps in @findings, whether they worked or not; or a negative errno.
 */
int selftest__run(struct findings *findings);

#endif
