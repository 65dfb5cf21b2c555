// SPDX-License-Identifier: GPL-2.0-only
// selftest_program: the program of the self-test, as source and as instructions.
#include "ctl/doctor/selftest_program.h"

#include <string.h>

/* Without includes: not every machine with clang has the headers. */
const char selftest_source[] =
	"// Reports the first exec of '" SELFTEST_COMMAND
	"': a line to the trace pipe, a mark in a map.\n"
	"#define SEC(name) __attribute__((section(name), used))\n"
	"\n"
	"static void *(*map_lookup)(void *map, const void *key) = (void *)1;\n"
	"static long (*trace_printk)(const char *format, int bytes, ...) = (void *)6;\n"
	"static unsigned long long (*current_pid_tgid)(void) = (void *)14;\n"
	"static long (*current_comm)(void *buf, int bytes) = (void *)16;\n"
	"\n"
	"struct {\n"
	"	int (*type)[2]; // BPF_MAP_TYPE_ARRAY\n"
	"	int (*max_entries)[1];\n"
	"	unsigned int *key;\n"
	"	unsigned long long *value;\n"
	"} " SELFTEST_MAP " SEC(\".maps\");\n"
	"\n"
	"SEC(\"raw_tracepoint/" SELFTEST_TRACEPOINT "\")\n"
	"int " SELFTEST_FUNCTION "(void *context)\n"
	"{\n"
	"	char line[] = \"" SELFTEST_TEXT ": pid %d\\n\";\n"
	"	unsigned long long *seen;\n"
	"	unsigned int zero = 0;\n"
	"	char comm[16] = {};\n"
	"\n"
	"	current_comm(comm, sizeof(comm));\n"
	"	for (int i = 0; i < (int)sizeof(\"" SELFTEST_COMMAND "\"); i++)\n"
	"		if (comm[i] != \"" SELFTEST_COMMAND "\"[i])\n"
	"			return 0;\n"
	"	seen = map_lookup(&" SELFTEST_MAP ", &zero);\n"
	"	if (!seen || *seen)\n"
	"		return 0;\n"
	"	*seen = 1;\n"
	"	trace_printk(line, sizeof(line), current_pid_tgid() >> 32);\n"
	"	return 0;\n"
	"}\n"
	"\n"
	"char LICENSE[] SEC(\"license\") = \"GPL\";\n";

#define LINE SELFTEST_TEXT ": pid %d\n"
#define LINE_BYTES 32 /* with padding */

/* Offsets from the top of the stack. */
#define STACK_COMM (-16)
#define STACK_KEY (-20)
#define STACK_LINE (-56)

_Static_assert(sizeof(LINE) <= LINE_BYTES, "the line fits on the stack");

struct assembly {
	struct bpf_insn *instructions;
	size_t count;
};

static void add(struct assembly *assembly, __u8 code, __u8 destination, __u8 source, __s16 offset,
		__s32 immediate)
{
	assembly->instructions[assembly->count++] = (struct bpf_insn){
		.code = code,
		.dst_reg = destination,
		.src_reg = source,
		.off = offset,
		.imm = immediate,
	};
}

static void call(struct assembly *assembly, __s32 helper)
{
	add(assembly, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

static void load_constant(struct assembly *assembly, __u8 destination, __u8 kind, __u64 value)
{
	add(assembly, BPF_LD | BPF_IMM | BPF_DW, destination, kind, 0, (__u32)value);
	add(assembly, 0, 0, 0, 0, value >> 32);
}

static void point_to_stack(struct assembly *assembly, __u8 destination, __s32 offset)
{
	add(assembly, BPF_ALU64 | BPF_MOV | BPF_X, destination, BPF_REG_10, 0, 0);
	add(assembly, BPF_ALU64 | BPF_ADD | BPF_K, destination, 0, 0, offset);
}

/* Jumps to the end of the program; the offset is filled in by resolve_jumps(). */
static void leave_if(struct assembly *assembly, __u8 comparison, __u8 destination, __s32 value)
{
	add(assembly, BPF_JMP | comparison | BPF_K, destination, 0, -1, value);
}

static void resolve_jumps(struct assembly *assembly, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (assembly->instructions[i].off == -1)
			assembly->instructions[i].off = end - i - 1;
}

static void compare_command(struct assembly *assembly)
{
	static const char command[] = SELFTEST_COMMAND;

	add(assembly, BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, STACK_COMM, 0);
	add(assembly, BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, STACK_COMM + 8, 0);
	point_to_stack(assembly, BPF_REG_1, STACK_COMM);
	add(assembly, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, 16);
	call(assembly, BPF_FUNC_get_current_comm);
	for (size_t i = 0; i < sizeof(command); i++) {
		add(assembly, BPF_LDX | BPF_MEM | BPF_B, BPF_REG_1, BPF_REG_10, STACK_COMM + i, 0);
		leave_if(assembly, BPF_JNE, BPF_REG_1, command[i]);
	}
}

static void mark_map(struct assembly *assembly, int map_fd)
{
	add(assembly, BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, STACK_KEY, 0);
	load_constant(assembly, BPF_REG_1, BPF_PSEUDO_MAP_FD, (__u32)map_fd);
	point_to_stack(assembly, BPF_REG_2, STACK_KEY);
	call(assembly, BPF_FUNC_map_lookup_elem);
	leave_if(assembly, BPF_JEQ, BPF_REG_0, 0);
	add(assembly, BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_1, BPF_REG_0, 0, 0);
	leave_if(assembly, BPF_JNE, BPF_REG_1, 0);
	add(assembly, BPF_ST | BPF_MEM | BPF_DW, BPF_REG_0, 0, 0, 1);
}

static void print_line(struct assembly *assembly)
{
	char line[LINE_BYTES] = LINE;

	for (size_t i = 0; i < LINE_BYTES; i += sizeof(__u64)) {
		__u64 word;

		memcpy(&word, line + i, sizeof(word));
		load_constant(assembly, BPF_REG_1, 0, word);
		add(assembly, BPF_STX | BPF_MEM | BPF_DW, BPF_REG_10, BPF_REG_1, STACK_LINE + i, 0);
	}
	call(assembly, BPF_FUNC_get_current_pid_tgid);
	add(assembly, BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_3, BPF_REG_0, 0, 0);
	add(assembly, BPF_ALU64 | BPF_RSH | BPF_K, BPF_REG_3, 0, 0, 32);
	point_to_stack(assembly, BPF_REG_1, STACK_LINE);
	add(assembly, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, sizeof(LINE));
	call(assembly, BPF_FUNC_trace_printk);
}

size_t selftest_program__assemble(int map_fd, struct bpf_insn ret[SELFTEST_MAX_INSTRUCTIONS])
{
	struct assembly assembly = {.instructions = ret};

	compare_command(&assembly);
	mark_map(&assembly, map_fd);
	print_line(&assembly);
	resolve_jumps(&assembly, assembly.count);
	add(&assembly, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0);
	add(&assembly, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	return assembly.count;
}
