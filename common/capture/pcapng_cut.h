// SPDX-License-Identifier: GPL-2.0-only
// pcapng_cut: cut a pcapng file that ends in the middle of a block.
#ifndef COMMON_CAPTURE_PCAPNG_CUT_H
#define COMMON_CAPTURE_PCAPNG_CUT_H

/**
 * pcapng__cut() - cut a file of this machine's byte order to its whole blocks
 * @fd: open for reading and writing
 *
 * Return: the number of blocks that are left, or a negative errno.
 */
int pcapng__cut(int fd);

#endif
