// SPDX-License-Identifier: GPL-2.0-only
// pcap_read: the frames of a classic pcap file; capture is its only user.
//
// libpcap cuts records to the snapshot length of the file's header, which some writers leave too
// small. Errors here name neither the file nor the frame: capture adds both.
#ifndef COMMON_CAPTURE_PCAP_READ_H
#define COMMON_CAPTURE_PCAP_READ_H

#include <stdbool.h>
#include <stdio.h>

#include "common/base/errmsg.h"
#include "common/capture/capture_frame.h"

/* With timestamps in nanoseconds, in the byte order of the writer. */
#define PCAP_MAGIC_NS 0xa1b23c4dU
#define PCAP_VERSION_MAJOR 2
#define PCAP_VERSION_MINOR 4

struct pcap_file;

/** pcap_file__has_magic() - whether a file that starts with this word is a classic pcap. */
bool pcap_file__has_magic(__u32 magic);

/**
 * pcap_file__open() - read the file header
 * @file: at the start of the capture; may be a pipe; stays open
 *
 * Return: 0 with *@ret owned by the caller, or a negative errno with @why set.
 */
int pcap_file__open(FILE *file, struct pcap_file **ret, struct errmsg *why);

/** pcap_file__linktype() - LINKTYPE_* of all frames. */
int pcap_file__linktype(const struct pcap_file *pcap);

/** pcap_file__next() - the next frame, as capture__next(). */
int pcap_file__next(struct pcap_file *pcap, struct capture_frame *ret, struct errmsg *why);

/** pcap_file__close() - free; NULL is fine. */
void pcap_file__close(struct pcap_file *pcap);

#endif
