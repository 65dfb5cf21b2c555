// SPDX-License-Identifier: GPL-2.0-only
// sha256: the SHA-256 digest of bytes (FIPS 180-4).
#ifndef COMMON_BASE_SHA256_H
#define COMMON_BASE_SHA256_H

#include <linux/types.h>
#include <stddef.h>

#define SHA256_BYTES 32
#define SHA256_TEXT_BYTES (2 * SHA256_BYTES + 1)

/** sha256() - the digest of a memory area. */
void sha256(const void *data, size_t bytes, __u8 ret_digest[SHA256_BYTES]);

/** sha256__text() - a digest in hexadecimal, as sha256sum(1) prints it. Return: @buf. */
const char *sha256__text(const __u8 digest[SHA256_BYTES], char buf[SHA256_TEXT_BYTES]);

#endif
