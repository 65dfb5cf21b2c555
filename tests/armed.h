// SPDX-License-Identifier: GPL-2.0-only
// armed: a program of its own that decides by a policy made by hand, for tests that run it.
#ifndef TESTS_ARMED_H
#define TESTS_ARMED_H

#include "common/base/errmsg.h"
#include "common/bpf/test_run.h"
#include "common/dataplane/dataplane.h"
#include "common/dataplane/policy_maps.h"
#include "tests/policy_image.h"

struct armed {
	struct policy_maps *maps;
	struct dataplane *dataplane;
	struct test_run *test_run;
	struct policy_builder builder;
	char reason[sizeof(((struct errmsg *)0)->text)]; /* set if it could not be loaded */
};

/** armed__open() - load the program, and begin an empty policy. @config: what else it has */
void armed__open(struct armed *armed, struct dataplane_config config);

/** armed__need() - skip the test if the program could not be loaded. */
void armed__need(const struct armed *armed);

/** armed__put_policy() - put in force what the builder has. */
void armed__put_policy(struct armed *armed);

/** armed__close() - unload and free. */
void armed__close(struct armed *armed);

#endif
