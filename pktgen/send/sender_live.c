// SPDX-License-Identifier: GPL-2.0-only
// sender_live: send by BPF_PROG_TEST_RUN with live frames (kernel 5.18), fed through a ring.
//
// A call costs about 20 ms, because the kernel waits until all CPUs see the program. So one call
// runs on its own thread for the whole transmission, takes its frames from the ring, and is ended
// by a signal.
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "pktgen/send/live_ring.h"
#include "pktgen/send/sender.h"

#define WAKE_SIGNAL SIGUSR1
#define WAKE_INTERVAL_US 1000
#define RUNS_PER_CALL (1 << 30)

struct live {
	const struct sender_config *config;
	struct live_ring *ring;
	int map_fd;
	int program_fd;
	__u64 position;                   /* of the next record */
	__u64 oldest;                     /* position of the oldest record in flight */
	__u64 pushed;                     /* records in all */
	__u64 reported;                   /* of them, reported as done */
	__u32 ends[SENDER_MAX_IN_FLIGHT]; /* lower half of the position where each record ends */
	__u8 first[RING_MAX_FRAME_BYTES];
	__u32 first_bytes;
	pthread_t thread;
	bool running; /* the thread exists */
	bool stop;
	bool stopped;
	int error;
};

static void live_ignore_signal(int signal_number)
{
	(void)signal_number;
}

static int live_run_once(const struct live *live)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = live->first,
		    .data_size_in = live->first_bytes, .repeat = RUNS_PER_CALL,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = live->config->batch);

	return bpf_prog_test_run_opts(live->program_fd, &options) ? -errno : 0;
}

static void *live_run(void *opaque)
{
	struct live *live = opaque;
	int err = sender__pin(live->config->cpu, NULL);

	while (!err && !__atomic_load_n(&live->stop, __ATOMIC_ACQUIRE)) {
		err = live_run_once(live);
		if (err == -EINTR)
			err = 0;
	}
	__atomic_store_n(&live->error, err, __ATOMIC_RELEASE);
	__atomic_store_n(&live->stopped, true, __ATOMIC_RELEASE);
	return NULL;
}

/* All signals but the wake-up go to the main thread. */
static int live_start_thread(struct live *live)
{
	struct sigaction action = {.sa_handler = live_ignore_signal};
	sigset_t blocked, before;
	int err;

	sigaction(WAKE_SIGNAL, &action, NULL);
	sigfillset(&blocked);
	sigdelset(&blocked, WAKE_SIGNAL);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	err = -pthread_create(&live->thread, NULL, live_run, live);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	live->running = !err;
	return err;
}

/* A signal just before the call would be lost: repeat it until the thread has stopped. */
static void live_stop_thread(struct live *live)
{
	__atomic_store_n(&live->stop, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&live->stopped, __ATOMIC_ACQUIRE)) {
		pthread_kill(live->thread, WAKE_SIGNAL);
		usleep(WAKE_INTERVAL_US);
	}
	pthread_join(live->thread, NULL);
}

static void live_close(void *self)
{
	struct live *live = self;

	if (!live)
		return;
	if (live->running)
		live_stop_thread(live);
	if (live->ring)
		munmap(live->ring, sizeof(*live->ring));
	if (live->program_fd >= 0)
		close(live->program_fd);
	if (live->map_fd >= 0)
		close(live->map_fd);
	free(live);
}

static int live_map_ring(struct live *live)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	void *ring;

	live->map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "pktgen_ring", sizeof(__u32),
				      sizeof(*live->ring), 1, &options);
	if (live->map_fd < 0)
		return -errno;
	ring = mmap(NULL, sizeof(*live->ring), PROT_READ | PROT_WRITE, MAP_SHARED, live->map_fd, 0);
	if (ring == MAP_FAILED)
		return -errno;
	live->ring = ring;
	return 0;
}

/* One live_run, of a frame that is dropped because the ring is empty: does the kernel have live
 * frames?
 */
static int live_try(const struct live *live)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = live->first,
		    .data_size_in = live->first_bytes, .repeat = 1,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = live->config->batch);

	return bpf_prog_test_run_opts(live->program_fd, &options) ? -errno : 0;
}

static int live_open(const struct sender_config *config, const void *first, __u32 first_bytes,
		     void **ret, struct errmsg *why)
{
	struct live *live = calloc(1, sizeof(*live));
	int err;

	if (!live)
		return errmsg__set(why, -ENOMEM, "live: out of memory");
	live->config = config;
	live->map_fd = live->program_fd = -1;
	live->first_bytes = first_bytes;
	memcpy(live->first, first, first_bytes);
	err = live_map_ring(live);
	if (!err)
		err = live->program_fd = live_ring__program(live->map_fd, config->iface->index);
	if (err >= 0)
		err = live_try(live);
	if (err) {
		errmsg__set(why, err,
			    "live: %s: needs kernel 5.18 and CAP_SYS_ADMIN: try --sender packet",
			    strerror(-err));
		goto out;
	}
	err = live_start_thread(live);
	if (err) {
		errmsg__set(why, err, "live: cannot start a thread: %s", strerror(-err));
		goto out;
	}
	*ret = live;
	live = NULL;
out:
	live_close(live);
	return err;
}

static bool live_push(void *self, const void *frame, __u32 bytes)
{
	struct live *live = self;
	struct record *record;

	if (live->position + RECORD_BYTES(bytes) - live->oldest > RING_BYTES - RING_SLACK_BYTES ||
	    live->pushed - live->reported == SENDER_MAX_IN_FLIGHT)
		return false;
	record = (struct record *)(live->ring->records + live->position % RING_BYTES);
	record->bytes = bytes;
	memcpy(record->frame, frame, bytes);
	live->position += RECORD_BYTES(bytes);
	live->ends[live->pushed++ % SENDER_MAX_IN_FLIGHT] = live->position;
	return true;
}

static int live_flush(void *self, struct errmsg *why)
{
	struct live *live = self;
	__u64 consumed;
	int err;

	__atomic_store_n(&live->ring->produced, live->position, __ATOMIC_RELEASE);
	consumed = __atomic_load_n(&live->ring->consumed, __ATOMIC_ACQUIRE);
	while (live->reported < live->pushed &&
	       (__s32)((__u32)consumed - live->ends[live->reported % SENDER_MAX_IN_FLIGHT]) >= 0) {
		live->reported++;
		live->config->done(live->config->opaque, true);
	}
	live->oldest = consumed;
	err = __atomic_load_n(&live->error, __ATOMIC_ACQUIRE);
	if (err)
		return errmsg__set(why, err, "live: the kernel stopped: %s", strerror(-err));
	if (__atomic_load_n(&live->ring->refused, __ATOMIC_RELAXED))
		return errmsg__set(why, -EMSGSIZE,
				   "live: the kernel cannot build a frame of this length");
	return 0;
}

static int live_time_bare(int program_fd, const void *frame, __u32 bytes, __u32 count, __u32 batch,
			  __u64 *ret_ns)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = bytes,
		    .repeat = count, .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = batch);
	__u64 start_ns = clock__now_ns();

	if (bpf_prog_test_run_opts(program_fd, &options))
		return -errno;
	*ret_ns = clock__now_ns() - start_ns;
	return 0;
}

/* The cost of the call itself is subtracted, as it is not part of the senders' rates either. */
int live__bare(const struct iface *iface, const void *frame, __u32 bytes, __u32 count, __u32 batch,
	       __u64 *ret_ns, struct errmsg *why)
{
	int fd = live_ring__bare_program(iface->index), err;
	__u64 call_ns, all_ns;

	if (fd < 0)
		return errmsg__set(why, fd, "live: cannot load the program: %s", strerror(-fd));
	err = live_time_bare(fd, frame, bytes, batch > 1 ? batch : 2, batch, &call_ns);
	if (!err)
		err = live_time_bare(fd, frame, bytes, count, batch, &all_ns);
	close(fd);
	if (err)
		return errmsg__set(why, err, "live: needs kernel 5.18: %s", strerror(-err));
	*ret_ns = all_ns > call_ns ? all_ns - call_ns : all_ns;
	return 0;
}

const struct sender sender_live = {
	.name = "live",
	.summary = "XDP live frames, redirected by a program in the kernel (5.18)",
	.max_bytes = RING_MAX_FRAME_BYTES,
	.needs_proof = true,
	.open = live_open,
	.push = live_push,
	.flush = live_flush,
	.close = live_close,
};
