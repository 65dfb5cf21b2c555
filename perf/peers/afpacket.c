// SPDX-License-Identifier: GPL-2.0-only
// afpacket: SYNs per source, counted in user space from a packet socket with a classic BPF filter.
//
// A peer for comparison: the kernel filters and copies matching frames into a ring (TPACKET_V3, as
// libpcap uses it). Prints "ready", counts until a signal, and prints {"syns", "sources",
// "dropped"}.
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK_BYTES (1 << 20)
#define BLOCKS 32
#define FRAME_BYTES 128
#define BLOCK_TIMEOUT_MS 10
#define SNAP_BYTES 96

#define TABLE_SLOTS (1u << 22) /* once half are used, new sources are not counted one by one */
#define SADDR_OFFSET (ETH_HLEN + 12)

struct slot {
	uint32_t address;
	uint32_t syns; /* 0: free */
};

struct counter {
	int socket;
	uint8_t *ring;
	struct slot *table;
	uint64_t syns;
	uint32_t sources;
};

static volatile sig_atomic_t stopping;

/* tcpdump -d "ip and tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn" */
static struct sock_filter syn_filter[] = {
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 9),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN + 9),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 7),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, ETH_HLEN + 6),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 5, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ETH_HLEN),
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, ETH_HLEN + 13),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SNAP_BYTES),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static void afpacket_stop(int number)
{
	(void)number;
	stopping = 1;
}

static int afpacket_set(int fd, int option, const void *value, socklen_t bytes)
{
	return setsockopt(fd, SOL_PACKET, option, value, bytes);
}

static int afpacket_open_socket(struct counter *counter, const char *interface)
{
	const struct sock_fprog filter = {
		.len = sizeof(syn_filter) / sizeof(syn_filter[0]),
		.filter = syn_filter,
	};
	const struct tpacket_req3 ring = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = BLOCKS,
		.tp_frame_size = FRAME_BYTES,
		.tp_frame_nr = BLOCK_BYTES / FRAME_BYTES * BLOCKS,
		.tp_retire_blk_tov = BLOCK_TIMEOUT_MS,
	};
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(interface),
	};
	const int version = TPACKET_V3;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	counter->socket = fd;
	if (fd < 0 || !address.sll_ifindex ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) ||
	    afpacket_set(fd, PACKET_VERSION, &version, sizeof(version)) ||
	    afpacket_set(fd, PACKET_RX_RING, &ring, sizeof(ring)))
		return -1;
	counter->ring =
		mmap(NULL, (size_t)BLOCK_BYTES * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (counter->ring == MAP_FAILED)
		return -1;
	return bind(fd, (const struct sockaddr *)&address, sizeof(address));
}

static void afpacket_count(struct counter *counter, uint32_t address)
{
	uint32_t index = address * 0x9e3779b1u;

	counter->syns++;
	for (;; index++) {
		struct slot *slot = &counter->table[index % TABLE_SLOTS];

		if (slot->syns && slot->address != address)
			continue;
		if (!slot->syns && counter->sources >= TABLE_SLOTS / 2)
			return;
		counter->sources += !slot->syns;
		slot->address = address;
		slot->syns++;
		return;
	}
}

static void afpacket_count_block(struct counter *counter, const struct tpacket_block_desc *block)
{
	const uint8_t *position = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;

	for (uint32_t i = 0; i < block->hdr.bh1.num_pkts; i++) {
		const struct tpacket3_hdr *packet = (const struct tpacket3_hdr *)position;
		uint32_t address;

		memcpy(&address, position + packet->tp_mac + SADDR_OFFSET, sizeof(address));
		afpacket_count(counter, address);
		position += packet->tp_next_offset;
	}
}

/* Frames that arrived before the signal are still counted. */
static void afpacket_count_all(struct counter *counter)
{
	struct pollfd readable = {.fd = counter->socket, .events = POLLIN};
	uint32_t number = 0;

	for (;;) {
		struct tpacket_block_desc *block =
			(struct tpacket_block_desc *)(counter->ring + (size_t)number * BLOCK_BYTES);
		uint32_t *status = &block->hdr.bh1.block_status;

		if (!(__atomic_load_n(status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
			if (stopping && poll(&readable, 1, 2 * BLOCK_TIMEOUT_MS) <= 0)
				return;
			if (!stopping)
				poll(&readable, 1, 1000);
			continue;
		}
		afpacket_count_block(counter, block);
		__atomic_store_n(status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		number = (number + 1) % BLOCKS;
	}
}

int main(int argc, char **argv)
{
	const struct sigaction action = {.sa_handler = afpacket_stop};
	struct counter counter = {.table = calloc(TABLE_SLOTS, sizeof(struct slot))};
	struct tpacket_stats_v3 stats = {};
	socklen_t stats_bytes = sizeof(stats);

	if (argc != 2 || !counter.table || afpacket_open_socket(&counter, argv[1])) {
		fprintf(stderr, "afpacket: %s: %s\n", argc == 2 ? argv[1] : "usage: afpacket IFACE",
			strerror(errno));
		return 1;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	puts("ready");
	fflush(stdout);
	afpacket_count_all(&counter);
	getsockopt(counter.socket, SOL_PACKET, PACKET_STATISTICS, &stats, &stats_bytes);
	printf("{\"syns\": %llu, \"sources\": %u, \"dropped\": %u}\n",
	       (unsigned long long)counter.syns, counter.sources, stats.tp_drops);
	free(counter.table);
	close(counter.socket);
	return 0;
}
