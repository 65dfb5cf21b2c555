// SPDX-License-Identifier: GPL-2.0-only
// armed: a program of its own that decides by a policy made by hand, for tests that run it.
#include "tests/armed.h"

#include <stdio.h>

#include "common/bpf/libbpf_log.h"
#include "tests/need_loaded.h"
#include "tests/unit_test.h"

#define MAX_PREFIXES 1000

void armed__open(struct armed *armed, struct dataplane_config config)
{
	struct errmsg why = {};

	*armed = (struct armed){};
	libbpf_log__start(false);
	policy_builder__init(&armed->builder, 250);
	if (!policy_maps__create(MAX_PREFIXES, &armed->maps, &why)) {
		config.policy = armed->maps;
		if (!dataplane__load(&config, &armed->dataplane, &why) &&
		    !test_run__open(dataplane__program_fd(armed->dataplane), &armed->test_run,
				    &why))
			return;
	}
	snprintf(armed->reason, sizeof(armed->reason), "%s", why.text);
}

void armed__need(const struct armed *armed)
{
	need_loaded(armed->reason);
}

void armed__put_policy(struct armed *armed)
{
	struct errmsg why = {};

	policy_builder__finish(&armed->builder);
	if (policy_maps__put(armed->maps, POLICY_CANDIDATE, armed->builder.chunks,
			     armed->builder.chunk_count, 0, &why))
		fail_msg("%s", why.text);
}

void armed__close(struct armed *armed)
{
	test_run__close(armed->test_run);
	dataplane__close(armed->dataplane);
	policy_maps__close(armed->maps);
	policy_builder__free(&armed->builder);
}
