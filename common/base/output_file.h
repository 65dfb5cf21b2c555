// SPDX-License-Identifier: GPL-2.0-only
// output_file: a file that gets its name only when it is complete.
//
// It is written under a temporary name beside the final one, so that neither a full disk nor a kill
// leaves something that looks whole. Devices and pipes are written directly.
#ifndef COMMON_BASE_OUTPUT_FILE_H
#define COMMON_BASE_OUTPUT_FILE_H

#include "common/base/errmsg.h"

struct output;

/** output__begin() - create the file, empty, under its temporary name. */
int output__begin(const char *path, struct output **ret, struct errmsg *why);

/** output__path() - where to write; ends as the final name does. */
const char *output__path(const struct output *output);

/** output__explain() - let an error speak of the final name, not of the temporary one. */
void output__explain(const struct output *output, struct errmsg *why);

/** output__commit() - give the file its name, in place of what was there. */
int output__commit(struct output *output, struct errmsg *why);

/** output__close() - remove what was not committed, and free; NULL is fine. */
void output__close(struct output *output);

#endif
