// SPDX-License-Identifier: GPL-2.0-only
// sha256: the SHA-256 digest of bytes (FIPS 180-4).
#include "common/base/sha256.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_BYTES 64
#define ROUNDS 64

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const __u32 round_constants[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2};

static __u32 rotate_right(__u32 word, int bits)
{
	return word >> bits | word << (32 - bits);
}

static void expand_block(const unsigned char *block, __u32 words[ROUNDS])
{
	for (int i = 0; i < 16; i++) {
		__u32 word;

		memcpy(&word, block + 4 * i, sizeof(word));
		words[i] = be32toh(word);
	}
	for (int i = 16; i < ROUNDS; i++) {
		__u32 a = words[i - 15], b = words[i - 2];

		words[i] = words[i - 16] + words[i - 7] +
			   (rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3) +
			   (rotate_right(b, 17) ^ rotate_right(b, 19) ^ b >> 10);
	}
}

static void add_block(__u32 state[8], const unsigned char *block)
{
	__u32 words[ROUNDS], s[8];

	expand_block(block, words);
	memcpy(s, state, sizeof(s));
	for (int i = 0; i < ROUNDS; i++) {
		__u32 first =
			s[7] + ((s[4] & s[5]) ^ (~s[4] & s[6])) + round_constants[i] + words[i] +
			(rotate_right(s[4], 6) ^ rotate_right(s[4], 11) ^ rotate_right(s[4], 25));
		__u32 second =
			((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])) +
			(rotate_right(s[0], 2) ^ rotate_right(s[0], 13) ^ rotate_right(s[0], 22));

		memmove(&s[1], &s[0], 7 * sizeof(s[0]));
		s[4] += first;
		s[0] = first + second;
	}
	for (int i = 0; i < 8; i++)
		state[i] += s[i];
}

void sha256(const void *data, size_t bytes, __u8 ret_digest[SHA256_BYTES])
{
	/* Of the square roots of the first eight primes. */
	__u32 state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	size_t whole = bytes / BLOCK_BYTES, rest = bytes % BLOCK_BYTES;
	unsigned char last[2 * BLOCK_BYTES] = {};
	size_t last_blocks = rest < BLOCK_BYTES - 8 ? 1 : 2;
	__u64 bits = htobe64((__u64)bytes * 8);

	for (size_t i = 0; i < whole; i++)
		add_block(state, (const unsigned char *)data + i * BLOCK_BYTES);
	if (rest)
		memcpy(last, (const unsigned char *)data + whole * BLOCK_BYTES, rest);
	last[rest] = 0x80;
	memcpy(last + last_blocks * BLOCK_BYTES - sizeof(bits), &bits, sizeof(bits));
	for (size_t i = 0; i < last_blocks; i++)
		add_block(state, last + i * BLOCK_BYTES);
	for (int i = 0; i < 8; i++)
		state[i] = htobe32(state[i]);
	memcpy(ret_digest, state, SHA256_BYTES);
}

const char *sha256__text(const __u8 digest[SHA256_BYTES], char buf[SHA256_TEXT_BYTES])
{
	for (int i = 0; i < SHA256_BYTES; i++)
		sprintf(buf + 2 * i, "%02x", digest[i]);
	return buf;
}
