// SPDX-License-Identifier: GPL-2.0-only
// test_siphash: SipHash's published vectors.
#include "common/abi/siphash.h"
#include "tests/unit_test.h"

/* Whole words, and what is left of a message. */
static void make_message(__u64 words[8])
{
	for (int i = 0; i < 64; i++)
		words[i / 8] |= (__u64)i << i % 8 * 8;
}

/* Key: 00 to 0f; messages: 00, 00 01, and so on (the low halves of the hashes: lib/test_siphash.c
 * of Linux, whose hsiphash is SipHash-1-3). */
static void test_siphash_1_3(void **state)
{
	static const struct {
		__u8 bytes;
		__u32 hash;
	} vectors[] = {
		{0, 0x050fc4dc},  {1, 0x7d57ca93},  {7, 0x9bb11140},  {8, 0x8d299a8e},
		{15, 0x2a519956}, {16, 0x7d908b66}, {39, 0x7b108392}, {63, 0xb7bbb3a8},
	};
	const __u64 key[2] = {0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull};
	__u64 words[8] = {};
	struct siphash hash;

	(void)state;
	make_message(words);
	for (size_t i = 0; i < COUNT_OF(vectors); i++) {
		int bytes = vectors[i].bytes, whole = bytes / 8;
		__u64 rest = words[whole] & ((1ull << bytes % 8 * 8) - 1);

		siphash__start(&hash, key);
		for (int word = 0; word < whole; word++)
			siphash__add(&hash, words[word]);
		assert_int_equal((__u32)siphash__end(&hash, rest, bytes), vectors[i].hash);
	}
}

/* The same message and key (the paper, appendix A, and the authors' vectors). */
static void test_siphash_2_4(void **state)
{
	static const struct {
		__u8 bytes;
		__u64 hash;
	} vectors[] = {{0, 0x726fdb47dd0e0e31ull},
		       {1, 0x74f839c593dc67fdull},
		       {15, 0xa129ca6149be45e5ull}};
	const __u64 key[2] = {0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull};
	__u64 words[8] = {};
	struct siphash hash;

	(void)state;
	make_message(words);
	for (size_t i = 0; i < COUNT_OF(vectors); i++) {
		int bytes = vectors[i].bytes, whole = bytes / 8;
		__u64 rest = words[whole] & ((1ull << bytes % 8 * 8) - 1);

		siphash__start(&hash, key);
		for (int word = 0; word < whole; word++)
			siphash__compress(&hash, words[word], 2);
		assert_int_equal(siphash__finish(&hash, rest, bytes, 2, 4), vectors[i].hash);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash_1_3),
		cmocka_unit_test(test_siphash_2_4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
