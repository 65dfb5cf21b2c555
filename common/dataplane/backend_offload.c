// SPDX-License-Identifier: GPL-2.0-only
// backend_offload: the dataplane that a network device runs, whose maps are read entry by entry.
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/bpf/libbpf_log.h"
#include "common/dataplane/backend.h"
#include "gen/offload.skel.h"

enum map { COUNTERS_MAP, SOURCES_MAP, MAPS };

static const struct backend_map map_rows[MAPS] = {
	[COUNTERS_MAP] = {"counters", "counters_map", BPF_MAP_TYPE_ARRAY, sizeof(__u32),
			  sizeof(struct device_counters)},
	[SOURCES_MAP] = {"sources", "sources_map", BPF_MAP_TYPE_HASH, sizeof(struct endpoint),
			 sizeof(__u64)},
};

static const char *const unsupported[FEATURE_COUNT] = {
	[FEATURE_VICTIMS] = "victims are not counted",
	[FEATURE_REPLACEMENT] = ("new sources are not tracked once the map is full: their SYNs are "
				 "unattributed"),
	[FEATURE_DISTINCT] = "distinct sources are known only until the map is full",
	[FEATURE_WINDOWS] = "distinct sources of an interval are not estimated",
	[FEATURE_CPUS] = "the device has one count, not one for each CPU",
	[FEATURE_FRAGMENTS] = "only the first buffer of a multi-buffer frame is seen",
};

static int offload_lay_out(const struct dataplane_config *config, struct dataplane_layout *ret,
			   struct errmsg *why)
{
	(void)why;
	*ret = (struct dataplane_layout){
		.kind = DATAPLANE_DEVICE,
		.tables[TABLE_SOURCES].max_endpoints =
			config->max_sources ?: DEFAULT_MAX_DEVICE_SOURCES,
	};
	return 0;
}

static const char *offload_program(const struct dataplane_layout *layout)
{
	(void)layout;
	return "xdpctl_offload";
}

static __u64 offload_map_entries(const struct dataplane_layout *layout, int map)
{
	return map == SOURCES_MAP ? layout->tables[TABLE_SOURCES].max_endpoints : 1;
}

static int create_device_map(struct bpf_map *map, __u32 entries, __u32 ifindex)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_ifindex = ifindex);

	return bpf_map_create(bpf_map__type(map), bpf_map__name(map), bpf_map__key_size(map),
			      bpf_map__value_size(map), entries, &opts);
}

/* Devices do not report a map limit: without --max-sources, halve the size until the driver
 * accepts it. */
static int make_map(struct dataplane *dataplane, enum map number,
		    const struct dataplane_config *config, struct errmsg *why)
{
	struct bpf_map *map = dataplane__map(dataplane, number);
	__u32 *sources = &dataplane->layout.tables[TABLE_SOURCES].max_endpoints;
	char advice[ADVICE_BYTES];
	int err, fd;

	while ((fd = create_device_map(map, offload_map_entries(&dataplane->layout, number),
				       config->device_ifindex)) == -ENOMEM &&
	       number == SOURCES_MAP && !config->max_sources && *sources > 1)
		*sources /= 2;
	if (fd < 0)
		return errmsg__set(
			why, fd, "the device refuses map '%s' (max_entries %llu): %s: %s",
			map_rows[number].pin, offload_map_entries(&dataplane->layout, number),
			strerror(-fd), advice__find(ADVICE_LOAD_OFFLOAD, fd, "", NULL, advice));
	err = bpf_map__reuse_fd(map, fd);
	close(fd);
	return err;
}

static int offload_configure(struct dataplane *dataplane, const struct dataplane_config *config,
			     struct errmsg *why)
{
	int err = 0;

	bpf_program__set_ifindex(dataplane->program, config->device_ifindex);
	for (int i = 0; !err && !config->maps_of && i < MAPS; i++)
		err = make_map(dataplane, i, config, why);
	return err;
}

static int offload_explain_load(int err, const struct dataplane_config *config, struct errmsg *why)
{
	const char *reason = libbpf_log__reason();
	char advice[ADVICE_BYTES];

	(void)config;
	return errmsg__set(why, err, "the device refuses the program: %s%s%s: %s",
			   LIBBPF_STRERROR(err), reason[0] ? ": " : "", reason,
			   advice__find(ADVICE_LOAD_OFFLOAD, err, reason, NULL, advice));
}

static int offload_read_counts(struct dataplane *dataplane, struct snapshot *snapshot,
			       struct errmsg *why)
{
	struct device_counters counters;
	__u32 zero = 0;
	int err = bpf_map_lookup_elem(dataplane->map_fds[COUNTERS_MAP], &zero, &counters);

	if (err)
		return errmsg__set(why, err, "reading the device's counters: %s", strerror(-err));
	for (int i = 0; i < CLASS_COUNT; i++) {
		snapshot->classes[i] = counters.classes[i];
		/* The only verdict on a counted frame. */
		snapshot->verdicts[XDP_PASS] += counters.classes[i];
	}
	snapshot->bytes = counters.bytes;
	return 0;
}

/* A new source has no SYNs until the core that inserted it adds the first. */
static int tally_add_source(struct tally *sources, const struct endpoint *key, __u64 syns)
{
	struct tally_row *rows = sources->rows;

	if (!syns)
		return 0;
	if (!(sources->count & (sources->count - 1))) {
		rows = reallocarray(rows, sources->count ? 2 * sources->count : 1, sizeof(*rows));
		if (!rows)
			return -ENOMEM;
	}
	rows[sources->count++] =
		(struct tally_row){.endpoint = *key, .at_least = syns, .at_most = syns};
	sources->rows = rows;
	sources->attributed += syns;
	return 0;
}

/* Sources never leave the map, so iteration works while others are inserted. */
static int read_sources(struct dataplane *dataplane, struct tally *sources)
{
	__u32 left = dataplane->layout.tables[TABLE_SOURCES].max_endpoints;
	int fd = dataplane->map_fds[SOURCES_MAP];
	struct endpoint key;
	__u64 syns;
	int err;

	for (err = bpf_map_get_next_key(fd, NULL, &key); !err && left--;
	     err = bpf_map_get_next_key(fd, &key, &key)) {
		err = bpf_map_lookup_elem(fd, &key, &syns);
		if (!err)
			err = tally_add_source(sources, &key, syns);
		if (err)
			return err;
	}
	return err == -ENOENT ? 0 : err;
}

/* An unattributed SYN may belong to any source, also to one that got an entry later. */
static void bound_sources(struct tally *sources, __u64 unattributed)
{
	for (size_t i = 0; i < sources->count; i++)
		sources->rows[i].at_most += unattributed;
	sources->unlisted_at_most = unattributed;
}

static int offload_read(struct dataplane *dataplane, struct table_history *histories,
			struct snapshot *snapshot, struct errmsg *why)
{
	struct tally *sources = &snapshot->tallies[TABLE_SOURCES];
	int err = read_sources(dataplane, sources);

	(void)histories; /* the heaviest cannot be read for less */
	if (err)
		return errmsg__set(why, err, "reading the device's sources: %s", strerror(-err));
	err = offload_read_counts(dataplane, snapshot, why);
	if (err)
		return err;
	tally__sort(sources);
	bound_sources(sources, snapshot->classes[CLASS_SYN] - sources->attributed);
	sources->counted = true;
	return 0;
}

const struct dataplane_backend backend_offload = {
	.elf_bytes = offload__elf_bytes,
	.program = offload_program,
	.maps = map_rows,
	.map_count = MAPS,
	.unsupported = unsupported,
	.lay_out = offload_lay_out,
	.map_entries = offload_map_entries,
	.configure = offload_configure,
	.explain_load = offload_explain_load,
	.read = offload_read,
	.read_counts = offload_read_counts,
};
