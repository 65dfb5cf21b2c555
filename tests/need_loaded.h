// SPDX-License-Identifier: GPL-2.0-only
// need_loaded: what a program that could not be loaded means for its test.
#ifndef TESTS_NEED_LOADED_H
#define TESTS_NEED_LOADED_H

/**
 * need_loaded() - fail the test if a program was refused, or skip it where no program can be loaded
 * @reason: of the failure; empty: it was loaded
 */
void need_loaded(const char *reason);

#endif
