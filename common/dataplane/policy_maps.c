// SPDX-License-Identifier: GPL-2.0-only
// policy_maps: the maps of a policy, which all its interfaces share: made, pinned, opened again.
#include "common/dataplane/policy_maps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/bpf/prog_info.h"
#include "common/dataplane/pin.h"

enum policy_map {
	POLICIES_MAP,
	LIMITS_MAP,
	VERIFIED_MAP,
	ATTACKS_MAP,
	STATE_MAP, /* this and the next one: for readers without privileges */
	NAMES_MAP,
	CONFIG_MAP, /* for user space, which cannot read the constants of a loaded program */
	POLICY_MAPS,
};

#define ARRAY_OF(type) BPF_MAP_TYPE_ARRAY, sizeof(__u32), sizeof(type)

static const struct policy_map_row {
	struct backend_map map;
	__u32 entries;
} map_rows[POLICY_MAPS] = {
	[POLICIES_MAP] = {{"policies", "policies", BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(__u32),
			   sizeof(__u32), PIN_PRIVATE},
			  POLICY_SLOTS},
	[LIMITS_MAP] = {{"limits", "limits", ARRAY_OF(struct policy_line), PIN_PRIVATE},
			POLICY_DEFAULT_LIMIT_LINES},
	[VERIFIED_MAP] = {{"verified", "verified", ARRAY_OF(struct policy_line), PIN_PRIVATE},
			  POLICY_DEFAULT_VERIFIED_LINES},
	[ATTACKS_MAP] = {{"attacks", "attacks", ARRAY_OF(struct attack_set), PIN_READ},
			 POLICY_DEFAULT_ATTACK_SETS},
	[STATE_MAP] = {{"policy_state", "policy_state", ARRAY_OF(struct policy_state), PIN_READ},
		       1},
	[NAMES_MAP] = {{"policy_names", "policy_names", ARRAY_OF(struct policy_names), PIN_READ},
		       1},
	[CONFIG_MAP] = {{"policy_config", "policy_config", ARRAY_OF(struct policy_config),
			 PIN_PRIVATE},
			1},
};

struct policy_maps {
	int fds[POLICY_MAPS];
	struct policy_config config;
};

static struct policy_maps *policy_maps_new(void)
{
	struct policy_maps *maps = calloc(1, sizeof(*maps));

	for (int i = 0; maps && i < POLICY_MAPS; i++)
		maps->fds[i] = -1;
	return maps;
}

void policy_maps__close(struct policy_maps *maps)
{
	if (!maps)
		return;
	for (int i = 0; i < POLICY_MAPS; i++)
		if (maps->fds[i] >= 0)
			close(maps->fds[i]);
	free(maps);
}

/* All policies in the slots have the size of this empty one. Return: a descriptor, or a negative
 * errno. */
static int create_policies(__u32 max_prefixes)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int fd, inner_fd = policy_maps__create_policy(max_prefixes);

	if (inner_fd < 0)
		return inner_fd;
	opts.inner_map_fd = inner_fd;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, map_rows[POLICIES_MAP].map.name,
			    sizeof(__u32), sizeof(__u32), POLICY_SLOTS, &opts);
	close(inner_fd);
	return fd;
}

int policy_maps__create_policy(__u32 max_prefixes)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "policy", sizeof(__u32),
			      sizeof(struct policy_chunk), policy_chunks(max_prefixes), &opts);
}

static int create_map(enum policy_map number, __u32 max_prefixes)
{
	const struct policy_map_row *row = &map_rows[number];

	if (number == POLICIES_MAP)
		return create_policies(max_prefixes);
	return bpf_map_create(row->map.type, row->map.name, row->map.key_bytes,
			      row->map.value_bytes, row->entries, NULL);
}

static int write_config(struct policy_maps *maps, __u32 max_prefixes)
{
	struct policy_config *config = &maps->config;
	__u32 zero = 0;

	*config = (struct policy_config){
		.limit_lines = map_rows[LIMITS_MAP].entries,
		.verified_lines = map_rows[VERIFIED_MAP].entries,
		.attack_sets = map_rows[ATTACKS_MAP].entries,
		.max_prefixes = max_prefixes,
	};
	if (getrandom(config->seeds, sizeof(config->seeds), 0) != sizeof(config->seeds) ||
	    getrandom(config->cookie_key, sizeof(config->cookie_key), 0) !=
		    sizeof(config->cookie_key))
		return -errno;
	return bpf_map_update_elem(maps->fds[CONFIG_MAP], &zero, config, BPF_ANY);
}

int policy_maps__create(__u32 max_prefixes, struct policy_maps **ret, struct errmsg *why)
{
	struct policy_maps *maps = policy_maps_new();
	int err = 0;

	if (!maps)
		return -ENOMEM;
	max_prefixes = max_prefixes ?: POLICY_DEFAULT_MAX_PREFIXES;
	for (int i = 0; err >= 0 && i < POLICY_MAPS; i++)
		err = maps->fds[i] = create_map(i, max_prefixes);
	if (err >= 0)
		err = write_config(maps, max_prefixes);
	if (err < 0) {
		policy_maps__close(maps);
		return advice__set(why, ADVICE_LOAD, err,
				   "cannot make the maps of a policy with room for %u prefixes",
				   max_prefixes);
	}
	*ret = maps;
	return 0;
}

int policy_maps__pin(const struct policy_maps *maps, const char *directory, struct errmsg *why)
{
	int err = 0;

	for (int i = 0; !err && i < POLICY_MAPS; i++)
		err = pin__make(maps->fds[i], pin__mode(&map_rows[i].map), directory,
				map_rows[i].map.pin, why);
	return err;
}

static int policy_read_config(struct policy_maps *maps)
{
	__u32 zero = 0;

	if (maps->fds[CONFIG_MAP] < 0)
		return 0;
	return bpf_map_lookup_elem(maps->fds[CONFIG_MAP], &zero, &maps->config);
}

int policy_maps__reopen(const char *directory, struct policy_maps **ret, struct errmsg *why)
{
	struct policy_maps *maps = policy_maps_new();
	int err = 0;

	if (!maps)
		return -ENOMEM;
	for (int i = 0; !err && i < POLICY_MAPS; i++)
		err = pin__open_map(directory, &map_rows[i].map, map_rows[i].entries, &maps->fds[i],
				    why);
	if (!err) {
		err = policy_read_config(maps);
		if (err)
			errmsg__set(why, err, "%s: reading the policy's sizes: %s", directory,
				    strerror(-err));
	}
	if (err)
		policy_maps__close(maps);
	else
		*ret = maps;
	return err;
}

int policy_maps__share(const struct policy_maps *maps, struct policy_maps **ret)
{
	struct policy_maps *shared = policy_maps_new();
	int err;

	if (!shared)
		return -ENOMEM;
	shared->config = maps->config;
	for (int i = 0; i < POLICY_MAPS; i++) {
		if (maps->fds[i] < 0)
			continue;
		shared->fds[i] = fcntl(maps->fds[i], F_DUPFD_CLOEXEC, 0);
		if (shared->fds[i] < 0)
			goto failed;
	}
	*ret = shared;
	return 0;
failed:
	err = -errno;
	policy_maps__close(shared);
	return err;
}

int policy_maps__adopt(const struct prog_info *info, struct policy_maps **ret)
{
	struct policy_maps *maps = policy_maps_new();
	int err = 0;

	if (!maps)
		return -ENOMEM;
	for (int i = 0; err >= 0 && i < POLICY_MAPS; i++) {
		err = maps->fds[i] = prog_info__open_map(info, map_rows[i].map.name);
		if (err >= 0)
			err = pin__check(err, &map_rows[i].map, map_rows[i].entries, NULL);
	}
	if (err >= 0)
		err = policy_read_config(maps);
	if (err < 0)
		policy_maps__close(maps);
	else
		*ret = maps;
	return err == -ENOENT ? -EPROTO : err;
}

void policy_maps__bind(const struct policy_maps *maps, int program_fd)
{
	for (int i = 0; i < POLICY_MAPS; i++)
		bpf_prog_bind_map(program_fd, maps->fds[i], NULL);
}

void policy_maps__close_unused(struct policy_maps *maps)
{
	for (int i = 0; i < POLICY_MAPS; i++) {
		if (map_rows[i].map.mode != PIN_PRIVATE || maps->fds[i] < 0)
			continue;
		close(maps->fds[i]);
		maps->fds[i] = -1;
	}
}

__u32 policy_maps__max_prefixes(const struct policy_maps *maps)
{
	return maps->config.max_prefixes;
}

__u64 policy_maps__memory_bytes(const struct policy_maps *maps)
{
	__u64 bytes = (__u64)POLICY_SLOTS * policy_chunks(maps->config.max_prefixes) *
		      sizeof(struct policy_chunk);

	for (int i = LIMITS_MAP; i < POLICY_MAPS; i++)
		bytes += (__u64)map_rows[i].entries * map_rows[i].map.value_bytes;
	return bytes;
}

const struct policy_config *policy_maps__config(const struct policy_maps *maps)
{
	return &maps->config;
}

int policy_maps__fd(const struct policy_maps *maps, const char *name)
{
	for (int i = 0; i < POLICY_MAPS; i++)
		if (!strcmp(map_rows[i].map.name, name))
			return maps->fds[i];
	return -1;
}
