// SPDX-License-Identifier: GPL-2.0-only
// truth: the counts that a perfect counter would report for the generated frames.
#ifndef PKTGEN_TRUTH_TRUTH_H
#define PKTGEN_TRUTH_TRUTH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/abi/abi.h"
#include "common/base/errmsg.h"
#include "pktgen/frames/address.h"
#include "pktgen/truth/address_counts.h"

struct truth {
	bool counts_sources; /* otherwise only classes are counted */
	__u64 frames;
	__u64 bytes;
	__u64 classes[CLASS_COUNT];
	struct address_counts ipv4; /* keys: ranks of the octets, see truth.c */
	struct address_counts ipv6;
	__u8 rank_of_octet[256];
	__u8 octet_of_rank[256];
};

/** truth__init() - start empty; @counts_sources: also count the SYNs of each source. */
void truth__init(struct truth *truth, bool counts_sources);

/**
 * truth__add() - count a frame
 * @source: its sender; used for CLASS_SYN only
 *
 * Return: 0 or -ENOMEM.
 */
int truth__add(struct truth *truth, enum frame_class class, const struct address *source,
	       __u32 bytes);

/** truth__sources() - the number of distinct sources of SYNs. */
__u64 truth__sources(const struct truth *truth);

/**
 * truth__write() - write everything as tab-separated text
 * @file: closed in any case
 * @path: its name, for messages
 * @title: written on the first line
 *
 * Lines that start with "# " hold the totals and the count per class; the others are an address, a
 * tab and its SYNs, in the order of `LC_ALL=C sort`. Nothing can be added afterwards.
 *
 * Return: 0, or a negative errno with @why set.
 */
int truth__write(struct truth *truth, FILE *file, const char *path, const char *title,
		 struct errmsg *why);

/** truth__classes_to_json() - {"syn": 1, ...} for all classes; NULL when out of memory. */
json_t *truth__classes_to_json(const struct truth *truth);

/** truth__class_name() - the name used in JSON and in the comment lines. */
const char *truth__class_name(enum frame_class class);

/** truth__release() - free the counts; a zeroed @truth is fine. */
void truth__release(struct truth *truth);

#endif
