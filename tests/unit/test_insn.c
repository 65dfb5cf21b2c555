// SPDX-License-Identifier: GPL-2.0-only
// test_insn: labels are resolved to jump offsets.
#include "pktgen/send/insn.h"
#include "tests/unit_test.h"

static void test_link(void **state)
{
	enum { BACK, OUT };
	struct bpf_insn program[] = {
		INSN_MOV_IMM(0, 1),
		INSN_LABEL(BACK),
		INSN_JUMP_IMM(BPF_JEQ, 0, 0, OUT),
		INSN_CALL(5),
		INSN_JUMP_REG(BPF_JNE, 0, 1, BACK),
		INSN_LABEL(OUT),
		INSN_EXIT(),
	};

	(void)state;
	assert_int_equal(insn__link(program, COUNT_OF(program)), 5);
	assert_int_equal(program[1].off, 2);
	assert_int_equal(program[2].imm, 5);
	assert_int_equal(program[2].off, 0);
	assert_int_equal(program[3].off, -3);
	assert_int_equal(program[4].code, BPF_JMP | BPF_EXIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link),
	};

	return cmocka_run_group_tests_name("insn", tests, NULL, NULL);
}
