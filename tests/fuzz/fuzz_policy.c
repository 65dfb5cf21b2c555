// SPDX-License-Identifier: GPL-2.0-only
// fuzz_policy: arbitrary bytes as a policy file, and what is written of one as another.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/policy/policy_compile.h"
#include "common/policy/policy_text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_file.h"

static void store_bytes(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

/* What was written is read as the same, and so is written as the same. */
static void check_text(const struct policy *policy)
{
	const char *path = memory_file__path();
	struct policy_text first, second;
	struct policy again;
	struct errmsg why = {};

	MUST(!policy_text__write(policy, &first));
	store_bytes(path, first.text, first.bytes);
	MUST(!policy__read(path, &again, &why));
	MUST(!policy_text__write(&again, &second));
	MUST(!strcmp(first.text, second.text));
	policy_text__free(&first);
	policy_text__free(&second);
	policy__free(&again);
}

static void check_compiled(const struct policy *policy)
{
	struct policy_build build = {.max_prefixes = 1000, .hz = 250, .generation = 1};
	struct policy_names names = {};
	struct compiled_policy compiled;
	struct errmsg why = {};

	if (policy__compile(policy, &build, &names, &compiled, &why)) {
		MUST(why.text[0] && !names.rules[1][0]);
		return;
	}
	MUST(compiled.chunk_count <= policy_chunks(build.max_prefixes));
	compiled_policy__free(&compiled);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	const char *path = memory_file__path();
	struct policy policy;
	struct errmsg why = {};

	store_bytes(path, data, size);
	if (policy__read(path, &policy, &why)) {
		MUST(why.text[0]);
		return 0;
	}
	check_compiled(&policy);
	check_text(&policy);
	policy__free(&policy);
	return 0;
}
