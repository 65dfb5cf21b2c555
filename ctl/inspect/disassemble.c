// SPDX-License-Identifier: GPL-2.0-only
// disassemble: a loaded program's instructions as text, by bpftool.
#include "ctl/inspect/disassemble.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/subprocess.h"

/* The PATH of users often lacks /usr/sbin. */
static const char *const tools[] = {"bpftool", "/usr/sbin/bpftool"};

int disassemble__program(__u32 id, const char *what, char **ret, struct errmsg *why)
{
	char *output = NULL, id_text[16];
	int status = -ENOENT;

	snprintf(id_text, sizeof(id_text), "%u", id);
	for (size_t i = 0; status == -ENOENT && i < sizeof(tools) / sizeof(tools[0]); i++) {
		const char *const argv[] = {tools[i], "prog", "dump", what, "id", id_text, NULL};

		status = subprocess__run(argv, &output);
	}
	if (status == -ENOENT)
		return errmsg__set(why, status, "disassembling: bpftool is not installed");
	if (status < 0)
		return errmsg__set(why, status, "disassembling: running bpftool: %s",
				   strerror(-status));
	if (!status) {
		*ret = output;
		return 0;
	}
	output[strcspn(output, "\n")] = '\0';
	errmsg__set(why, -EIO, "program %u: bpftool prog dump %s: %s", id, what, output);
	free(output);
	return -EIO;
}
