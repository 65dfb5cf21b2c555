// SPDX-License-Identifier: GPL-2.0-only
// pcap_read: the frames of a classic pcap file; capture is its only user.
#include "common/capture/pcap_read.h"

#include <byteswap.h>
#include <errno.h>
#include <stdlib.h>

#include "common/capture/stream.h"

#define NS_PER_S 1000000000ULL
#define LINKTYPE_MASK 0x03ffffffU /* the bits above describe a frame check sequence */

/* Formats by their magic number. */
static const struct format {
	__u32 magic;
	__u32 fraction_ns;
	__u32 extra_bytes; /* of a record header, after the usual fields */
} formats[] = {
	{0xa1b2c3d4, 1000, 0},
	{PCAP_MAGIC_NS, 1, 0},
	{0xa1b2cd34, 1000, 8}, /* Alexey Kuznetsov's patches: interface, protocol, packet type */
	{0xa1e2cb12, 1000, 0}, /* Navtel */
};

struct file_header {
	__u32 magic;
	__u16 major, minor;
	__u32 zone, accuracy, snaplen, linktype;
};

struct record_header {
	__u32 s, fraction, captured_bytes, wire_bytes;
};

struct pcap_file {
	FILE *file;
	const struct format *format;
	bool swapped; /* the writer had the other byte order */
	bool lengths_swapped, lengths_maybe_swapped;
	int linktype;
	__u8 data[CAPTURE_FRAME_MAX_BYTES];
};

static const struct format *find_format(__u32 magic)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].magic == magic)
			return &formats[i];
	return NULL;
}

bool pcap_file__has_magic(__u32 magic)
{
	return find_format(magic) || find_format(bswap_32(magic));
}

static __u32 in_host_order(const struct pcap_file *pcap, __u32 value)
{
	return pcap->swapped ? bswap_32(value) : value;
}

/* Early writers had the two lengths of a record the other way round. */
static int set_version(struct pcap_file *pcap, __u16 major, __u16 minor, struct errmsg *why)
{
	bool is_digital_unix = major == 543 && !minor;

	if (!is_digital_unix && (major != PCAP_VERSION_MAJOR || minor > PCAP_VERSION_MINOR))
		return errmsg__set(why, -EPROTONOSUPPORT, "pcap version %u.%u is not supported",
				   major, minor);
	pcap->lengths_swapped = is_digital_unix || minor < 3;
	pcap->lengths_maybe_swapped = !is_digital_unix && minor == 3;
	return 0;
}

static int read_header(struct pcap_file *pcap, struct errmsg *why)
{
	struct file_header header;
	int err = stream__read(pcap->file, &header, sizeof(header), why);

	if (err)
		return err;
	pcap->format = find_format(header.magic);
	pcap->swapped = !pcap->format;
	if (pcap->swapped)
		pcap->format = find_format(bswap_32(header.magic));
	if (!pcap->format)
		return errmsg__set(why, -EBADMSG, "not a capture: neither pcap nor pcapng");
	if (pcap->swapped) {
		header.major = bswap_16(header.major);
		header.minor = bswap_16(header.minor);
	}
	pcap->linktype = in_host_order(pcap, header.linktype) & LINKTYPE_MASK;
	return set_version(pcap, header.major, header.minor, why);
}

int pcap_file__open(FILE *file, struct pcap_file **ret, struct errmsg *why)
{
	struct pcap_file *pcap = malloc(sizeof(*pcap));
	int err;

	if (!pcap)
		return errmsg__set(why, -ENOMEM, "out of memory");
	pcap->file = file;
	err = read_header(pcap, why);
	if (err)
		pcap_file__close(pcap);
	else
		*ret = pcap;
	return err;
}

int pcap_file__linktype(const struct pcap_file *pcap)
{
	return pcap->linktype;
}

static void fix_lengths(const struct pcap_file *pcap, struct record_header *header)
{
	__u32 wire_bytes = header->wire_bytes;

	header->captured_bytes = in_host_order(pcap, header->captured_bytes);
	header->wire_bytes = in_host_order(pcap, wire_bytes);
	if (!pcap->lengths_swapped &&
	    !(pcap->lengths_maybe_swapped && header->captured_bytes > header->wire_bytes))
		return;
	wire_bytes = header->captured_bytes;
	header->captured_bytes = header->wire_bytes;
	header->wire_bytes = wire_bytes;
}

int pcap_file__next(struct pcap_file *pcap, struct capture_frame *ret, struct errmsg *why)
{
	struct record_header header;
	int err;

	err = stream__begin(pcap->file, &header, sizeof(header), why);
	if (err <= 0)
		return err;
	fix_lengths(pcap, &header);
	if (header.captured_bytes > CAPTURE_FRAME_MAX_BYTES)
		return errmsg__set(why, -EBADMSG, "%u bytes captured, above the maximum of %u",
				   header.captured_bytes, CAPTURE_FRAME_MAX_BYTES);
	err = stream__skip(pcap->file, pcap->format->extra_bytes, why);
	if (err)
		return err;
	err = stream__read(pcap->file, pcap->data, header.captured_bytes, why);
	if (err)
		return err;
	*ret = (struct capture_frame){
		.data = pcap->data,
		.captured_bytes = header.captured_bytes,
		.wire_bytes = header.wire_bytes,
		.timestamp_ns =
			in_host_order(pcap, header.s) * NS_PER_S +
			(__u64)in_host_order(pcap, header.fraction) * pcap->format->fraction_ns,
		.linktype = pcap->linktype,
	};
	return 1;
}

void pcap_file__close(struct pcap_file *pcap)
{
	free(pcap);
}
