// SPDX-License-Identifier: GPL-2.0-only
// test_siphash: SipHash's published vectors.
#include "tests/unit_test.h"
#include "xdp/siphash.bpf.h"

/* Key: 00 to 0f; messages: 00, 00 01, and so on (the low halves of the hashes: lib/test_siphash.c
 * of Linux, whose hsiphash is SipHash-1-3). */
static void test_siphash(void **state)
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
	for (int i = 0; i < 64; i++)
		words[i / 8] |= (__u64)i << i % 8 * 8;
	for (size_t i = 0; i < COUNT_OF(vectors); i++) {
		int bytes = vectors[i].bytes, whole = bytes / 8;
		__u64 rest = words[whole] & ((1ull << bytes % 8 * 8) - 1);

		siphash__start(&hash, key);
		for (int word = 0; word < whole; word++)
			siphash__add(&hash, words[word]);
		assert_int_equal((__u32)siphash__end(&hash, rest, bytes), vectors[i].hash);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siphash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
