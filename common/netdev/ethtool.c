// SPDX-License-Identifier: GPL-2.0-only
// ethtool: properties of a network device, by the ioctl that ethtool(8) uses.
#include "common/netdev/ethtool.h"

#include <linux/sockios.h>
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FEATURES_PER_BLOCK 32
#define MAX_QUEUES 4096 /* rtnetlink creates no device with more */

int ethtool__ask(const char *interface, void *request)
{
	struct ifreq ifr = {.ifr_data = request};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", interface);
	err = ioctl(fd, SIOCETHTOOL, &ifr) ? -errno : 0;
	close(fd);
	return err;
}

static int count_names(const char *interface, __u32 set, size_t *ret)
{
	union {
		struct ethtool_sset_info info;
		__u8 with_one_count[sizeof(struct ethtool_sset_info) + sizeof(__u32)];
	} request = {.info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ull << set}};
	int err = ethtool__ask(interface, &request);

	if (err)
		return err;
	if (!request.info.sset_mask || !request.info.data[0])
		return -EOPNOTSUPP;
	*ret = request.info.data[0];
	return 0;
}

/* Rows with the names of a set (enum ethtool_stringset) and value 0. */
static int read_names(const char *interface, __u32 set, struct ethtool_rows *ret)
{
	struct ethtool_gstrings *names = NULL;
	struct ethtool_row *rows = NULL;
	size_t count = 0;
	int err;

	err = count_names(interface, set, &count);
	if (err)
		return err;
	rows = calloc(count, sizeof(*rows));
	names = calloc(1, sizeof(*names) + count * ETH_GSTRING_LEN);
	err = -ENOMEM;
	if (!rows || !names)
		goto out;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = set;
	names->len = count;
	err = ethtool__ask(interface, names);
	if (err)
		goto out;
	for (size_t i = 0; i < count; i++)
		memcpy(rows[i].name, names->data + i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
	*ret = (struct ethtool_rows){.count = count, .rows = rows};
	rows = NULL;
out:
	free(names);
	free(rows);
	return err;
}

static __u64 feature_value(const struct ethtool_gfeatures *features, size_t index)
{
	const struct ethtool_get_features_block *block =
		&features->features[index / FEATURES_PER_BLOCK];
	__u32 bit = 1u << index % FEATURES_PER_BLOCK;
	bool fixed = !(block->available & bit) || block->never_changed & bit;

	return (block->active & bit ? FEATURE_ON : 0) | (fixed ? FEATURE_FIXED : 0);
}

int ethtool__features(const char *interface, struct ethtool_rows *ret)
{
	struct ethtool_gfeatures *features = NULL;
	struct ethtool_rows rows = {};
	size_t blocks;
	int err;

	err = read_names(interface, ETH_SS_FEATURES, &rows);
	if (err)
		return err;
	blocks = (rows.count + FEATURES_PER_BLOCK - 1) / FEATURES_PER_BLOCK;
	features = calloc(1, sizeof(*features) + blocks * sizeof(features->features[0]));
	err = -ENOMEM;
	if (!features)
		goto out;
	features->cmd = ETHTOOL_GFEATURES;
	features->size = blocks;
	err = ethtool__ask(interface, features);
	if (err)
		goto out;
	for (size_t i = 0; i < rows.count; i++)
		rows.rows[i].value = feature_value(features, i);
	*ret = rows;
	rows.rows = NULL;
out:
	free(features);
	free(rows.rows);
	return err;
}

int ethtool__statistics(const char *interface, struct ethtool_rows *ret)
{
	struct ethtool_stats *values = NULL;
	struct ethtool_rows rows = {};
	int err;

	err = read_names(interface, ETH_SS_STATS, &rows);
	if (err)
		return err;
	values = calloc(1, sizeof(*values) + rows.count * sizeof(values->data[0]));
	err = -ENOMEM;
	if (!values)
		goto out;
	values->cmd = ETHTOOL_GSTATS;
	values->n_stats = rows.count;
	err = ethtool__ask(interface, values);
	if (err)
		goto out;
	for (size_t i = 0; i < rows.count; i++)
		rows.rows[i].value = values->data[i];
	*ret = rows;
	rows.rows = NULL;
out:
	free(values);
	free(rows.rows);
	return err;
}

const struct ethtool_row *ethtool_rows__find(const struct ethtool_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->count; i++)
		if (!strcmp(rows->rows[i].name, name))
			return &rows->rows[i];
	return NULL;
}

void ethtool_rows__free(struct ethtool_rows *rows)
{
	if (!rows)
		return;
	free(rows->rows);
	*rows = (struct ethtool_rows){};
}

static __u32 count_distinct(const __u32 *queues, __u32 entries)
{
	bool seen[MAX_QUEUES] = {};
	__u32 distinct = 0;

	for (__u32 i = 0; i < entries; i++) {
		if (queues[i] >= MAX_QUEUES || seen[queues[i]])
			continue;
		seen[queues[i]] = true;
		distinct++;
	}
	return distinct;
}

int ethtool__spread(const char *interface, __u32 *ret_entries, __u32 *ret_queues)
{
	struct ethtool_rxfh_indir size = {.cmd = ETHTOOL_GRXFHINDIR}, *table;
	int err = ethtool__ask(interface, &size);

	if (!err && !size.size)
		err = -EOPNOTSUPP;
	if (err)
		return err;
	table = calloc(1, sizeof(*table) + size.size * sizeof(table->ring_index[0]));
	if (!table)
		return -ENOMEM;
	table->cmd = ETHTOOL_GRXFHINDIR;
	table->size = size.size;
	err = ethtool__ask(interface, table);
	if (!err) {
		*ret_entries = size.size;
		*ret_queues = count_distinct(table->ring_index, size.size);
	}
	free(table);
	return err;
}
