// SPDX-License-Identifier: GPL-2.0-only
// handshakes: loads the programs that count completed connections onto a dataplane's maps, attaches
// them, and hands them over from one dataplane of an interface to the next.
#include "common/dataplane/handshakes.h"

#include <linux/perf_event.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/abi/handshakes.h"
#include "common/base/advice.h"
#include "common/base/pseudofs.h"
#include "common/bpf/features.h"
#include "common/bpf/libbpf_log.h"
#include "common/dataplane/handshake_pins.h"
#include "common/netdev/upper_devices.h"
#include "gen/handshakes_btf.skel.h"
#include "gen/handshakes_record.skel.h"

#define EVENT "events/sock/inet_sock_set_state/"
#define HOOK "handshakes_hook"
#define PROGRAM "handshakes_count"
#define SLOT "handshakes_slot"

struct handshakes {
	const struct way *way;
	struct bpf_object *object;
	int fds[HANDSHAKE_PINS];
};

/* A way to trace connections. */
struct way {
	const char *name;
	const char *scope; /* what it counts beyond the interface, or empty */
	const void *(*elf_bytes)(size_t *ret_bytes);
	/*
	 * Finds out the layout of this kernel's tracepoint; NULL: the load does. Return: 0, or a
	 * negative errno.
	 */
	int (*probe)(struct handshakes_config *config);
	int (*set_constants)(struct bpf_map *rodata, const struct table_config *tables,
			     const struct handshakes_config *config);
	/* Return: the hook's link, or a negative errno. */
	int (*attach)(int hook_fd);
};

static int set_btf(struct bpf_map *rodata, const struct table_config *tables,
		   const struct handshakes_config *config)
{
	struct handshakes_btf__rodata constants = {};

	memcpy(constants.table_configs, tables, sizeof(constants.table_configs));
	memcpy(&constants.handshakes_config, config, sizeof(*config));
	return bpf_map__set_initial_value(rodata, &constants, sizeof(constants));
}

static int attach_by_btf(int hook_fd)
{
	return bpf_raw_tracepoint_open(NULL, hook_fd);
}

/* A line of the format: "field:__u8 daddr[4];	offset:36;	size:4;	signed:0;". */
static int find_offset(const char *format, const char *name, __u32 *ret)
{
	size_t length = strlen(name);

	for (const char *at = format; (at = strstr(at, name)); at += length)
		if (at > format && at[-1] == ' ' && strchr(";[", at[length]) &&
		    sscanf(at + length, "%*[^\t]\toffset:%u;", ret) == 1)
			return 0;
	return -ENOENT;
}

static int read_event(const char *file, char *buf, size_t buf_bytes)
{
	int err, fd = pseudofs__open("tracefs");

	if (fd < 0)
		return fd;
	err = pseudofs__read_all(fd, file, buf, buf_bytes);
	close(fd);
	return err;
}

static int probe_record(struct handshakes_config *config)
{
#define RECORD_FIELD_NAME(constant, name) [constant] = (name),
	static const char *const names[] = {RECORD_FIELDS(RECORD_FIELD_NAME)};
	char format[8192];
	int err;

	err = read_event(EVENT "format", format, sizeof(format));
	for (int i = 0; !err && i < RECORD_FIELD_COUNT; i++)
		err = find_offset(format, names[i], &config->offsets[i]);
	return err;
}

static int set_record(struct bpf_map *rodata, const struct table_config *tables,
		      const struct handshakes_config *config)
{
	struct handshakes_record__rodata constants = {};

	memcpy(constants.table_configs, tables, sizeof(constants.table_configs));
	memcpy(&constants.handshakes_config, config, sizeof(*config));
	return bpf_map__set_initial_value(rodata, &constants, sizeof(constants));
}

/* The event needs a CPU, but the program runs on all of them. */
static int attach_to_record(int hook_fd)
{
	struct perf_event_attr event = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof(event)};
	char id[16];
	int err, event_fd, link_fd;

	err = read_event(EVENT "id", id, sizeof(id));
	if (err)
		return err;
	event.config = strtoull(id, NULL, 10);
	event_fd = syscall(__NR_perf_event_open, &event, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (event_fd < 0)
		return -errno;
	link_fd = bpf_link_create(hook_fd, event_fd, BPF_PERF_EVENT, NULL);
	close(event_fd); /* the link keeps it open */
	return link_fd;
}

/* The first one that works is used. */
static const struct way ways[] = {
	{"BTF (/sys/kernel/btf/vmlinux)", "", handshakes_btf__elf_bytes, NULL, set_btf,
	 attach_by_btf},
	{"the record of tracepoint sock:inet_sock_set_state",
	 "connections of every interface and network namespace are counted: this kernel has no BTF",
	 handshakes_record__elf_bytes, probe_record, set_record, attach_to_record},
};

static int set_map(const struct handshakes *handshakes, const struct dataplane *dataplane,
		   struct bpf_map *map)
{
	bool is_slot = !strcmp(bpf_map__name(map), SLOT);
	int fd = is_slot ? handshakes->fds[PIN_SLOT]
			 : dataplane__map_fd(dataplane, bpf_map__name(map));

	if (fd >= 0)
		return bpf_map__reuse_fd(map, fd);
	if (is_slot || bpf_map__is_internal(map))
		return 0;
	return bpf_map__set_autocreate(map, false);
}

static int set_maps(const struct handshakes *handshakes, const struct dataplane *dataplane)
{
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map (map, handshakes->object) {
		err = set_map(handshakes, dataplane, map);
		if (err)
			break;
	}
	return err;
}

/* Loads a hook only if the interface has none yet. */
static int handshakes_load(struct handshakes *handshakes)
{
	bool has_hook = handshakes->fds[PIN_HOOK] >= 0;
	struct bpf_program *program;
	int err;

	bpf_object__for_each_program (program, handshakes->object) {
		const char *name = bpf_program__name(program);

		bpf_program__set_autoload(program, !strcmp(name, PROGRAM) ||
							   (!has_hook && !strcmp(name, HOOK)));
	}
	err = bpf_object__load(handshakes->object);
	if (err)
		return err == -ESRCH ? -ENOENT : err; /* BTF without the tracepoint */
	bpf_object__for_each_program (program, handshakes->object) {
		const char *name = bpf_program__name(program);

		if (!strcmp(name, PROGRAM))
			handshakes->fds[PIN_PROGRAM] = dup(bpf_program__fd(program));
		else if (!has_hook && !strcmp(name, HOOK))
			handshakes->fds[PIN_HOOK] = dup(bpf_program__fd(program));
	}
	return 0;
}

static int handshakes_attach(struct handshakes *handshakes, const struct way *way)
{
	struct bpf_map *slot = bpf_object__find_map_by_name(handshakes->object, SLOT);

	if (handshakes->fds[PIN_LINK] >= 0)
		return 0;
	handshakes->fds[PIN_SLOT] = dup(bpf_map__fd(slot));
	handshakes->fds[PIN_LINK] = way->attach(handshakes->fds[PIN_HOOK]);
	return handshakes->fds[PIN_LINK] < 0 ? handshakes->fds[PIN_LINK] : 0;
}

/* Takes over the pins of the interface's dataplane until now, if there are any. */
static void take_over(struct handshakes *handshakes, const char *previous)
{
	for (int pin = 0; previous && pin < PIN_PROGRAM; pin++)
		handshakes->fds[pin] = handshake_pins__open(previous, pin);
}

static int try_way(struct handshakes *handshakes, const struct handshakes_request *request)
{
	const struct way *way = handshakes->way;
	struct handshakes_config config = {.netns = request->netns};
	size_t bytes;
	const void *elf = way->elf_bytes(&bytes);
	struct bpf_map *rodata;
	int err;

	upper_devices__list(request->ifindex, config.ifindexes, HANDSHAKES_INTERFACES);
	err = way->probe ? way->probe(&config) : 0;
	if (err)
		return err;
	handshakes->object = bpf_object__open_mem(elf, bytes, NULL);
	if (!handshakes->object)
		return -errno;
	take_over(handshakes, request->previous);
	rodata = bpf_object__find_map_by_name(handshakes->object, ".rodata");
	err = way->set_constants(rodata, dataplane__layout(request->dataplane)->tables, &config);
	if (err)
		return err;
	err = set_maps(handshakes, request->dataplane);
	if (err)
		return err;
	err = handshakes_load(handshakes);
	return err ?: handshakes_attach(handshakes, way);
}

static struct handshakes *handshakes__new(void)
{
	struct handshakes *handshakes = calloc(1, sizeof(*handshakes));

	for (int pin = 0; handshakes && pin < HANDSHAKE_PINS; pin++)
		handshakes->fds[pin] = -1;
	return handshakes;
}

int handshakes__start(const struct handshakes_request *request, struct handshakes **ret,
		      struct errmsg *why)
{
	char reasons[512] = "";
	int err = -ENOENT;

	if (!dataplane__layout(request->dataplane)->tables[TABLE_COMPLETED].buckets)
		return errmsg__set(why, err,
				   "connections could not be traced when it was attached, and an "
				   "upgrade keeps that: 'attach --reset' tries again");
	features__expect_kernel_btf();
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct handshakes *handshakes = handshakes__new();

		if (!handshakes)
			return -ENOMEM;
		handshakes->way = &ways[i];
		libbpf_log__clear();
		err = try_way(handshakes, request);
		if (!err) {
			*ret = handshakes;
			return 0;
		}
		handshakes__close(handshakes);
		snprintf(reasons + strlen(reasons), sizeof(reasons) - strlen(reasons),
			 "%sby %s: %s", i ? "; " : "", ways[i].name, LIBBPF_STRERROR(err));
	}
	return errmsg__set(why, err, "connections cannot be traced here: %s; it takes Linux 5.12",
			   reasons);
}

const char *handshakes__scope(const struct handshakes *handshakes)
{
	return handshakes->way->scope;
}

int handshakes__pin(const struct handshakes *handshakes, const char *directory, struct errmsg *why)
{
	char path[HANDSHAKE_PIN_PATH_BYTES];

	for (int pin = 0; handshakes && pin < HANDSHAKE_PINS; pin++)
		if (bpf_obj_pin(handshakes->fds[pin], handshake_pins__path(directory, pin, path)))
			return advice__set(why, ADVICE_PIN, -errno, "%s: cannot pin it", path);
	return 0;
}

int handshakes__run(const char *directory, struct errmsg *why)
{
	int slot_fd = handshake_pins__open(directory, PIN_SLOT);
	int program_fd = handshake_pins__open(directory, PIN_PROGRAM);
	__u32 zero = 0;
	int err = 0;

	if (slot_fd >= 0 && program_fd >= 0)
		err = bpf_map_update_elem(slot_fd, &zero, &program_fd, BPF_ANY);
	if (slot_fd >= 0)
		close(slot_fd);
	if (program_fd >= 0)
		close(program_fd);
	return err ? errmsg__set(why, err, "%s: handing handshakes over: %s", directory,
				 strerror(-err))
		   : 0;
}

void handshakes__close(struct handshakes *handshakes)
{
	if (!handshakes)
		return;
	for (int pin = 0; pin < HANDSHAKE_PINS; pin++)
		if (handshakes->fds[pin] >= 0)
			close(handshakes->fds[pin]);
	bpf_object__close(handshakes->object);
	free(handshakes);
}
