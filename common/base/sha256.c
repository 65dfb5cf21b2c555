// SPDX-License-Identifier: GPL-2.0-only
// sha256: the SHA-256 digest of bytes (FIPS 180-4), by libmd.
#include "common/base/sha256.h"

#include <sha2.h>
#include <stdio.h>

_Static_assert(SHA256_BYTES == SHA256_DIGEST_LENGTH, "a digest is libmd's");

void sha256(const void *data, size_t bytes, __u8 ret_digest[SHA256_BYTES])
{
	SHA2_CTX state;

	SHA256Init(&state);
	SHA256Update(&state, data, bytes);
	SHA256Final(ret_digest, &state);
}

const char *sha256__text(const __u8 digest[SHA256_BYTES], char buf[SHA256_TEXT_BYTES])
{
	for (int i = 0; i < SHA256_BYTES; i++)
		sprintf(buf + 2 * i, "%02x", digest[i]);
	return buf;
}
