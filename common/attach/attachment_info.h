// SPDX-License-Identifier: GPL-2.0-only
// attachment_info: an interface and our program on it, as they were found.
#ifndef COMMON_ATTACH_ATTACHMENT_INFO_H
#define COMMON_ATTACH_ATTACHMENT_INFO_H

#include <net/if.h>
#include <stdbool.h>

#include "common/attach/dispatcher.h"
#include "common/attach/registry.h"
#include "common/attach/xdp_hook.h"
#include "common/bpf/prog_info.h"
#include "common/netdev/netns.h"

/* Where else than in this network namespace its program runs. */
enum whereabouts {
	WHEREABOUTS_NONE,    /* nowhere, as far as can be seen */
	WHEREABOUTS_PLACE,   /* in a namespace that can be entered */
	WHEREABOUTS_HIDDEN,  /* in one with neither name nor process */
	WHEREABOUTS_UNKNOWN, /* the caller may not look */
};

struct attachment {
	struct registry_entry entry;     /* of its pins, or where they would be */
	struct attachment_record record; /* all zeros: unknown */
	int record_err;                  /* why it is unknown: -ENOENT if its pin is missing */
	int ifindex;
	char interface[IFNAMSIZ]; /* its present name, or the last one that is known */
	bool exists;              /* in this network namespace */
	bool pinned;              /* false: it runs, but its program is not pinned here */
	bool moved;               /* here, from the network namespace where it was attached */
	enum whereabouts whereabouts;
	char place[NETNS_LABEL_BYTES];   /* a description of where that is, or empty */
	enum attach_mode mode;           /* where our program runs, or ATTACH_NONE */
	struct program_identity program; /* an unprivileged reader knows only its id */
	struct dispatcher dispatcher;    /* of which it is a component; all zeros: none */
};

#endif
