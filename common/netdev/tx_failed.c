// SPDX-License-Identifier: GPL-2.0-only
// tx_failed: frames that XDP programs sent back and that the driver has not transmitted.
#include "common/netdev/tx_failed.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Ends of names: veth, mvneta and others; virtio-net; mlx5. */
static const char *const suffixes[] = {"xdp_tx_errors", "xdp_tx_drops", "xdp_tx_err",
				       "xdp_tx_full"};

static bool is_tx_failed(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t end = strlen(suffixes[i]);

		if (length >= end && !strcmp(name + length - end, suffixes[i]))
			return true;
	}
	return false;
}

int tx_failed__sum(const struct ethtool_rows *rows, __u64 *ret)
{
	__u64 whole = 0, by_queue = 0;
	bool has_whole = false, has_queues = false;

	for (size_t i = 0; i < rows->count; i++) {
		const struct ethtool_row *row = &rows->rows[i];

		if (!is_tx_failed(row->name))
			continue;
		if (strpbrk(row->name, "0123456789")) {
			by_queue += row->value;
			has_queues = true;
		} else {
			whole += row->value;
			has_whole = true;
		}
	}
	if (!has_whole && !has_queues)
		return -EOPNOTSUPP;
	*ret = has_whole ? whole : by_queue;
	return 0;
}

int tx_failed__read(const char *interface, __u64 *ret)
{
	struct ethtool_rows rows = {};
	int err = ethtool__statistics(interface, &rows);

	if (err)
		return err;
	err = tx_failed__sum(&rows, ret);
	ethtool_rows__free(&rows);
	return err;
}
