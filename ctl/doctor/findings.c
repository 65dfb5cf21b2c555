// SPDX-License-Identifier: GPL-2.0-only
// findings: the checks of `xdpctl doctor`, as rows of tables, and their results.
#include "ctl/doctor/findings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void finding__set(struct finding *finding, enum check_state state, const char *remedy,
		  const char *fmt, ...)
{
	va_list args;

	finding->state = state;
	snprintf(finding->remedy, sizeof(finding->remedy), "%s", remedy ?: "");
	va_start(args, fmt);
	vsnprintf(finding->text, sizeof(finding->text), fmt, args);
	va_end(args);
}

void finding__remedy(struct finding *finding, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding->remedy, sizeof(finding->remedy), fmt, args);
	va_end(args);
}

struct finding *findings__add(struct findings *findings, const char *name)
{
	struct finding *grown =
		reallocarray(findings->rows, findings->count + 1, sizeof(*findings->rows));
	struct finding *added;

	if (!grown)
		return NULL;
	findings->rows = grown;
	added = &findings->rows[findings->count++];
	*added = (struct finding){.state = CHECK_UNKNOWN};
	snprintf(added->name, sizeof(added->name), "%s", name);
	return added;
}

int findings__run(struct findings *findings, const struct check *checks,
		  const struct netdev *netdev)
{
	for (const struct check *check = checks; check->name; check++) {
		struct finding *finding = findings__add(findings, check->name);

		if (!finding)
			return -ENOMEM;
		check->look(check->row, netdev, finding);
	}
	return 0;
}

size_t findings__count(const struct findings *findings, enum check_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->rows[i].state == state;
	return count;
}

void findings__free(struct findings *findings)
{
	free(findings->rows);
	*findings = (struct findings){};
}
