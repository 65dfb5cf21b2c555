// SPDX-License-Identifier: GPL-2.0-only
// test_sha256: the published vectors, and every length around a block.
#include <stdlib.h>
#include <string.h>

#include "common/base/sha256.h"
#include "tests/unit_test.h"

static void check(const void *data, size_t bytes, const char *wanted)
{
	__u8 digest[SHA256_BYTES];
	char text[SHA256_TEXT_BYTES];

	sha256(data, bytes, digest);
	assert_string_equal(sha256__text(digest, text), wanted);
}

static void test_vectors(void **state)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char *million = malloc(1000000);

	(void)state;
	check("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check(two, 56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', 1000000);
	check(million, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

/* One digest of those of 0 to 200 bytes of zeros: sha256sum(1) of their texts, without newlines. */
static void test_lengths(void **state)
{
	char texts[201 * 64 + 1] = "";
	__u8 digest[SHA256_BYTES], zeros[200] = {};

	(void)state;
	for (size_t bytes = 0; bytes <= 200; bytes++) {
		sha256(zeros, bytes, digest);
		sha256__text(digest, texts + 64 * bytes);
	}
	check(texts, 201 * 64, "f55e502cfd80fef78fe7206d99c6dff4fab60fd17201a0a656296ce47240e6f2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
