// SPDX-License-Identifier: GPL-2.0-only
// pcapng_write: a pcapng file of Ethernet frames, written block by block.
#ifndef COMMON_CAPTURE_PCAPNG_WRITE_H
#define COMMON_CAPTURE_PCAPNG_WRITE_H

#include <stdio.h>

#include "common/capture/capture_frame.h"

/**
 * pcapng__write_header() - begin a file of Ethernet frames with nanosecond timestamps
 *
 * A failed write shows in ferror(@file), here and below.
 */
void pcapng__write_header(FILE *file);

/**
 * pcapng__write_frame() - append one frame
 * @frame: its link type is ignored; at most 1 MiB of captured bytes
 */
void pcapng__write_frame(FILE *file, const struct capture_frame *frame);

/* What follows describes a file more fully. Texts are at most PCAPNG_TEXT_MAX bytes; a NULL or
 * empty one is left out. */
#define PCAPNG_TEXT_MAX 256
#define PCAPNG_PACKET_MAX 512

struct pcapng_section {
	const char *comment;
	const char *os;
	const char *application;
};

struct pcapng_device {
	const char *name;
	const char *description;
	__u32 snaplen;  /* 0: no limit */
	__u16 linktype; /* LINKTYPE_* */
};

struct pcapng_packet {
	__u32 device; /* number, in the order in which they were written */
	__u32 queue;
	__u64 id;
	__u64 dropped; /* packets that are missing since the one before */
	int verdict;   /* enum xdp_action; negative: none */
	const char *comment;
};

struct pcapng_statistics {
	__u32 device;
	__u64 time_ns;
	__u64 received;  /* by the device */
	__u64 accepted;  /* by a filter */
	__u64 dropped;   /* of them, for lack of room */
	__u64 delivered; /* written to the file */
};

/** pcapng__write_section() - begin a file. */
void pcapng__write_section(FILE *file, const struct pcapng_section *section);

/** pcapng__write_device() - describe a device; its timestamps are nanoseconds. */
void pcapng__write_device(FILE *file, const struct pcapng_device *device);

/**
 * pcapng__write_packet() - append one inbound frame with what is known of it
 * @frame: its link type is ignored; at most PCAPNG_PACKET_MAX captured bytes
 *
 * Return: the bytes of its block.
 */
__u32 pcapng__write_packet(FILE *file, const struct capture_frame *frame,
			   const struct pcapng_packet *packet);

/** pcapng__write_statistics() - append what was counted of a device. */
void pcapng__write_statistics(FILE *file, const struct pcapng_statistics *statistics);

#endif
