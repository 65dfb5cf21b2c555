// SPDX-License-Identifier: GPL-2.0-only
// fuzz_verifier: arbitrary text as the kernel verifier's log.
#include <string.h>

#include "common/bpf/verifier_log.h"
#include "ctl/inspect/verifier_rules.h"
#include "tests/fuzz/fuzz.h"

#define MAX_TEXT 64

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	__u32 complaint_bytes = size ? 1 + data[0] % MAX_TEXT : 1;
	char *log = malloc(size + 1), *complaint = malloc(complaint_bytes);
	struct verifier_statistics statistics;
	struct verifier_place place;

	MUST(log && complaint);
	if (size)
		memcpy(log, data, size);
	log[size] = '\0';
	verifier_log__statistics(log, &statistics);
	MUST(statistics.functions <= VERIFIER_MAX_FUNCTIONS);
	verifier_log__place(log, &place);
	MUST(place.instruction >= -1);
	MUST(strnlen(place.file, sizeof(place.file)) < sizeof(place.file));
	MUST(strnlen(place.text, sizeof(place.text)) < sizeof(place.text));
	verifier_log__complaint(log, complaint, complaint_bytes);
	MUST(strnlen(complaint, complaint_bytes) < complaint_bytes);
	verifier_rules__explain(complaint);
	free(complaint);
	free(log);
	return 0;
}
