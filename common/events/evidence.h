// SPDX-License-Identifier: GPL-2.0-only
// evidence: samples of packets in a pcapng file that says what became of each of them, and why.
//
// A file is written as NAME.part and renamed once it is whole. It consists of whole blocks at any
// time but during a write: what a killed process has left is cut to them by evidence__recover().
#ifndef COMMON_EVENTS_EVIDENCE_H
#define COMMON_EVENTS_EVIDENCE_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <sys/types.h>

#include "common/abi/policy_names.h"
#include "common/abi/sample.h"
#include "common/base/errmsg.h"

#define EVIDENCE_MAX_DEVICES 64
#define EVIDENCE_COMMENT_BYTES 192
#define EVIDENCE_MODE 0640
#define EVIDENCE_PART ".part"

struct evidence_device {
	char name[IFNAMSIZ];
	char description[128];
	__u16 linktype;
};

/* What was counted of a device since the recording began. */
struct evidence_counts {
	__u64 frames; /* of the reasons that are sampled */
	__u64 taken;
	__u64 overrun;
};

struct evidence_config {
	const char *path;    /* "-": standard output */
	const char *comment; /* on the whole file; or NULL */
	__u32 snaplen;
	__u64 file_bytes; /* after which the next file begins; 0: one file */
	__u32 files;      /* that are kept; 0: all */
	bool plain;       /* without verdicts in an option of their own, see evidence.md */
	const struct evidence_device *devices;
	size_t device_count;
};

struct evidence;

/* A sample, and what its slot does not say. */
struct evidence_packet {
	__u32 device;
	const struct sample_slot *slot;
	const __u8 *bytes; /* slot->captured of them */
	const char *rule;  /* name; NULL or empty: none */
	__u64 wall_ns;
	__u64 lost; /* samples since the one before */
};

/**
 * evidence__open() - begin a recording
 * @config: is copied, but for @devices' elements, which must outlive it
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set: -EBUSY if another
 * process writes to that file.
 */
int evidence__open(const struct evidence_config *config, struct evidence **ret, struct errmsg *why);

/** evidence__add() - append a sample; begins the next file if this one is full. Return: 0, or a
 * negative errno with @why set. */
int evidence__add(struct evidence *evidence, const struct evidence_packet *packet,
		  struct errmsg *why);

/** evidence__count() - say what was counted of a device; written at the end of each file. */
void evidence__count(struct evidence *evidence, __u32 device, const struct evidence_counts *counts);

/** evidence__flush() - hand all to the kernel. Return: 0, or a negative errno with @why set, and
 * the file cut to what it had before. */
int evidence__flush(struct evidence *evidence, struct errmsg *why);

/** evidence__written() - samples in all files so far. */
__u64 evidence__written(const struct evidence *evidence);

/** evidence__close() - complete the file and free; NULL is fine. Return: 0, or a negative errno
 * with
 * @why set. */
int evidence__close(struct evidence *evidence, struct errmsg *why);

/**
 * evidence__comment() - what became of a packet: "verdict=drop reason=drop_limit rule=web class=syn
 * every=1000"
 * @rule: NULL or empty: none
 *
 * Return: @buf.
 */
const char *evidence__comment(const struct sample_slot *slot, const char *rule,
			      char buf[EVIDENCE_COMMENT_BYTES]);

/**
 * evidence__recover() - cut NAME.part, which a killed process has left, and give it another name
 * @path: NAME
 * @to: its new name; replaced if it exists
 *
 * Return: 1; 0 if there is none, or nothing in it; -EBUSY if a process writes to it; or another
 * negative errno with @why set.
 */
int evidence__recover(const char *path, const char *to, struct errmsg *why);

#endif
