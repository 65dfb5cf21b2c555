// SPDX-License-Identifier: GPL-2.0-only
// process_tables: a dataplane whose tables are memory of this process, for a program that runs
// here.
#include "common/dataplane/dataplane.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/dataplane/backend.h"

/* Pages that are never written to take no memory. */
static int allocate_map(struct dataplane *dataplane, int map)
{
	const struct dataplane_backend *backend = dataplane->backend;
	size_t bytes =
		backend->map_entries(&dataplane->layout, map) * backend->maps[map].value_bytes;
	void *start;

	if (!bytes)
		return 0;
	start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED)
		return -errno;
	dataplane->mappings[map] = (struct mapping){.start = start, .bytes = bytes};
	return 0;
}

int dataplane__in_process(const struct dataplane_config *config, struct dataplane **ret,
			  struct errmsg *why)
{
	struct dataplane *dataplane = dataplane__new();
	int err;

	if (!dataplane)
		return -ENOMEM;
	dataplane->backend = &backend_cpu;
	err = backend_cpu.lay_out(config, &dataplane->layout, why);
	if (err)
		goto failed;
	for (int i = 0; !err && i < backend_cpu.map_count; i++)
		err = allocate_map(dataplane, i);
	if (err) {
		errmsg__set(why, err, "allocating the tables: %s", strerror(-err));
		goto failed;
	}
	*ret = dataplane;
	return 0;
failed:
	dataplane__close(dataplane);
	return err;
}

void *dataplane__values(struct dataplane *dataplane, const char *name, __u32 *ret_value_bytes,
			__u32 *ret_entries)
{
	const struct dataplane_backend *backend = dataplane->backend;

	for (int i = 0; i < backend->map_count; i++)
		if (!strcmp(backend->maps[i].name, name)) {
			*ret_value_bytes = backend->maps[i].value_bytes;
			*ret_entries = backend->map_entries(&dataplane->layout, i);
			return dataplane->mappings[i].start;
		}
	*ret_value_bytes = *ret_entries = 0;
	return NULL;
}
