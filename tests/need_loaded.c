// SPDX-License-Identifier: GPL-2.0-only
// need_loaded: what a program that could not be loaded means for its test.
#include "tests/need_loaded.h"

#include <unistd.h>

#include "common/bpf/features.h"
#include "tests/unit_test.h"

void need_loaded(const char *reason)
{
	int fd;

	if (!reason[0])
		return;
	fd = features__null_program(0);
	if (fd >= 0) {
		close(fd);
		fail_msg("%s", reason);
	}
	print_message("# skipped: %s\n", reason);
	skip();
}
