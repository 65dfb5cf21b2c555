// SPDX-License-Identifier: GPL-2.0-only
// print_verifier: the verifier's statistics, as text or as JSON.
#include "ctl/inspect/print_verifier.h"

#include <stdio.h>

#define STACK_LIMIT 512 /* MAX_BPF_STACK of the kernel's <linux/filter.h> */

void print_statistics(const struct verification *verification)
{
	const struct verifier_statistics *statistics = &verification->statistics;

	printf("  %-12s %u instructions, including called functions\n", "written",
	       verification->instructions);
	printf("  %-12s %u instructions of at most %u (%.2f %%), in %u us\n", "processed",
	       statistics->processed, statistics->limit,
	       statistics->limit ? 100.0 * statistics->processed / statistics->limit : 0,
	       statistics->verification_us);
	printf("  %-12s %u in total, %u at the peak, %u at most for one instruction\n", "states",
	       statistics->total_states, statistics->peak_states,
	       statistics->max_states_per_instruction);
	printf("  %-12s ", "stack");
	for (__u32 i = 0; i < statistics->functions; i++)
		printf("%s%u", i ? " + " : "", statistics->stack_bytes[i]);
	printf("%s of %d bytes%s\n", statistics->functions ? "" : "?", STACK_LIMIT,
	       statistics->functions > 1 ? ", by function" : "");
}

json_t *statistics_to_json(const struct verification *verification)
{
	const struct verifier_statistics *statistics = &verification->statistics;
	json_t *stack = json_array();

	for (__u32 i = 0; i < statistics->functions; i++)
		json_array_append_new(stack, json_integer(statistics->stack_bytes[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:i, s:I}", "written_instructions",
			 (json_int_t)verification->instructions, "processed_instructions",
			 (json_int_t)statistics->processed, "instruction_limit",
			 (json_int_t)statistics->limit, "states",
			 (json_int_t)statistics->total_states, "peak_states",
			 (json_int_t)statistics->peak_states, "max_states_per_instruction",
			 (json_int_t)statistics->max_states_per_instruction, "stack_bytes", stack,
			 "stack_limit_bytes", STACK_LIMIT, "verification_ns",
			 (json_int_t)statistics->verification_us * 1000);
}
