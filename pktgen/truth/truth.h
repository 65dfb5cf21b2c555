// SPDX-License-Identifier: GPL-2.0-only
// truth: what a perfect counter would say about the frames that were made.
#ifndef PKTGEN_TRUTH_TRUTH_H
#define PKTGEN_TRUTH_TRUTH_H

#include <jansson.h>
#include <stdbool.h>

#include "common/abi/abi.h"
#include "common/base/errmsg.h"
#include "pktgen/frames/address.h"
#include "pktgen/truth/address_counts.h"

struct truth {
	bool counts_sources; /* if not, only classes are counted */
	__u64 frames;
	__u64 bytes;
	__u64 classes[CLASS_COUNT];
	struct address_counts ipv4; /* keys: ranks of the octets, see truth.c */
	struct address_counts ipv6;
	__u8 rank_of_octet[256];
	__u8 octet_of_rank[256];
};

/** truth__init() - nothing seen yet; @counts_sources: also who sent the SYNs. */
void truth__init(struct truth *truth, bool counts_sources);

/**
 * truth__add() - one more frame
 * @source: its sender; looked at for CLASS_SYN only
 *
 * Return: 0 or -ENOMEM.
 */
int truth__add(struct truth *truth, enum frame_class class, const struct address *source,
	       __u32 bytes);

/** truth__sources() - how many different senders of SYNs there were. */
__u64 truth__sources(const struct truth *truth);

/**
 * truth__write() - write it all as tab-separated text
 * @path: created or truncated
 * @title: goes into the first line
 *
 * Comment lines that start with "# " hold the totals and the count per class; the rest are lines
 * of address, tab, SYNs, in the order of `LC_ALL=C sort`. Nothing can be added afterwards.
 *
 * Return: 0, or a negative errno with @why set.
 */
int truth__write(struct truth *truth, const char *path, const char *title, struct errmsg *why);

/** truth__classes_to_json() - {"syn": 1, ...} of all classes; NULL when out of memory. */
json_t *truth__classes_to_json(const struct truth *truth);

/** truth__class_name() - as it stands in JSON and in the comment lines. */
const char *truth__class_name(enum frame_class class);

/** truth__release() - free what it holds; one of zeros is fine. */
void truth__release(struct truth *truth);

#endif
