// SPDX-License-Identifier: GPL-2.0-only
// feeder: runs many frames through an XDP program in one system call, fed by a program in the
// kernel.
#include "common/replay/feeder.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/abi/feed.h"
#include "common/bpf/libbpf_log.h"
#include "gen/feed.skel.h"

struct feeder {
	struct bpf_object *object;
	int program_fd;
	struct feed__bss *state;   /* the program's variables, mapped */
	struct feed_frame *frames; /* mapped, of FEED_MAX_FRAMES */
	struct feed_block *blocks; /* mapped, of FEED_BLOCKS */
	__u32 count;
	__u32 next_offset;
};

static int feeder_map_fd(const struct feeder *feeder, const char *name)
{
	return bpf_object__find_map_fd_by_name(feeder->object, name);
}

static void *feeder_map(const struct feeder *feeder, const char *name, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			    feeder_map_fd(feeder, name), 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void feeder_unload(struct feeder *feeder)
{
	bpf_object__close(feeder->object);
	feeder->object = NULL;
}

static int feeder_load(struct feeder *feeder, __u32 flags, bool restore_head)
{
	const struct feed__rodata constants = {.restore_head = restore_head};
	struct bpf_program *program;
	const void *elf;
	size_t bytes;
	int err;

	elf = feed__elf_bytes(&bytes);
	feeder->object = bpf_object__open_mem(elf, bytes, NULL);
	if (!feeder->object)
		return -errno;
	program = bpf_object__next_program(feeder->object, NULL);
	bpf_program__set_flags(program, flags);
	err = bpf_map__set_initial_value(bpf_object__find_map_by_name(feeder->object, ".rodata"),
					 &constants, sizeof(constants));
	if (!err)
		err = bpf_object__load(feeder->object);
	if (err) {
		feeder_unload(feeder);
		return err;
	}
	feeder->program_fd = bpf_program__fd(program);
	return 0;
}

/*
 * A program may tail-call only programs of its own kind, multi-buffer or not. The kernel does not
 * report the kind of the program under test, so both are tried.
 */
static int load_and_aim(struct feeder *feeder, int program_fd, bool restore_head)
{
	static const __u32 kinds[] = {BPF_F_XDP_HAS_FRAGS, 0};
	__u32 zero = 0;
	int err = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		err = feeder_load(feeder, kinds[i], restore_head);
		if (err)
			return err;
		err = bpf_map_update_elem(feeder_map_fd(feeder, "target"), &zero, &program_fd,
					  BPF_ANY);
		if (!err)
			return 0;
		feeder_unload(feeder);
	}
	return err;
}

int feeder__open(int program_fd, bool restore_head, struct feeder **ret, struct errmsg *why)
{
	struct feeder *feeder;
	int err;

	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP, BPF_FUNC_xdp_store_bytes, NULL) != 1)
		return errmsg__set(why, -EOPNOTSUPP,
				   "feeder: this kernel has no bpf_xdp_store_bytes (5.18): use "
				   "--engine syscall");
	feeder = calloc(1, sizeof(*feeder));
	if (!feeder)
		return -ENOMEM;
	err = load_and_aim(feeder, program_fd, restore_head);
	if (err) {
		errmsg__set(why, err, "feeder: loading it: %s", LIBBPF_STRERROR(err));
		goto failed;
	}
	feeder->state = feeder_map(feeder, ".bss", sizeof(*feeder->state));
	feeder->frames = feeder_map(feeder, "frames", FEED_MAX_FRAMES * sizeof(struct feed_frame));
	feeder->blocks = feeder_map(feeder, "blocks", FEED_BLOCKS * sizeof(struct feed_block));
	if (!feeder->state || !feeder->frames || !feeder->blocks) {
		err = errmsg__set(why, -errno, "feeder: mapping its memory: %s", strerror(errno));
		goto failed;
	}
	*ret = feeder;
	return 0;
failed:
	feeder__close(feeder);
	return err;
}

bool feeder__add(struct feeder *feeder, const __u8 *data, __u32 bytes)
{
	__u32 block = feeder->next_offset / FEED_BLOCK_BYTES;

	if (feeder->count == FEED_MAX_FRAMES || block == FEED_BLOCKS)
		return false;
	memcpy(feeder->blocks[block].bytes + feeder->next_offset % FEED_BLOCK_BYTES, data, bytes);
	feeder->frames[feeder->count].offset = feeder->next_offset;
	feeder->frames[feeder->count++].bytes = bytes;
	feeder->next_offset += bytes;
	/* A frame that crosses the end of a block is in its padding: the next one starts a block.
	 */
	if (feeder->next_offset / FEED_BLOCK_BYTES != block)
		feeder->next_offset = (block + 1) * FEED_BLOCK_BYTES;
	return true;
}

__u32 feeder__max_bytes(void)
{
	return FEED_MAX_FRAME_BYTES;
}

__u32 feeder__count(const struct feeder *feeder)
{
	return feeder->count;
}

void feeder__clear(struct feeder *feeder)
{
	feeder->count = 0;
	feeder->next_offset = 0;
}

int feeder__run(struct feeder *feeder, __u32 loops, __u32 *ret_frame_ns, struct errmsg *why)
{
	/* The kernel allocates a page for it, so the feeder can give it any frame's length. */
	static const __u8 room[FEED_MIN_FRAME_BYTES];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = room, .data_size_in = sizeof(room),
		    .repeat = feeder->count * loops);
	int err;

	if (!feeder->count)
		return 0;
	feeder->state->frame_count = feeder->count;
	feeder->state->next_frame = 0;
	feeder->state->first_head = 0;
	feeder->state->failures = 0;
	err = bpf_prog_test_run_opts(feeder->program_fd, &opts);
	if (err)
		return errmsg__set(why, err, "feeder: BPF_PROG_TEST_RUN of %u frames: %s",
				   feeder->count, strerror(-err));
	if (feeder->state->failures)
		return errmsg__set(
			why, -EIO,
			"feeder: %llu of %u frames could not be put in place: the program "
			"under test changes its packets too much: use --engine syscall",
			feeder->state->failures, feeder->count);
	*ret_frame_ns = opts.duration;
	return 0;
}

__u64 feeder__memory_bytes(void)
{
	return FEED_MAX_FRAMES * sizeof(struct feed_frame) +
	       (__u64)FEED_BLOCKS * sizeof(struct feed_block);
}

void feeder__close(struct feeder *feeder)
{
	if (!feeder)
		return;
	if (feeder->state)
		munmap(feeder->state, sizeof(*feeder->state));
	if (feeder->frames)
		munmap(feeder->frames, FEED_MAX_FRAMES * sizeof(struct feed_frame));
	if (feeder->blocks)
		munmap(feeder->blocks, FEED_BLOCKS * sizeof(struct feed_block));
	feeder_unload(feeder);
	free(feeder);
}
