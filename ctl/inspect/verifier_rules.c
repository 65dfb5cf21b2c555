// SPDX-License-Identifier: GPL-2.0-only
// verifier_rules: the rule of the verifier that a program broke, explained to its author.
#include "ctl/inspect/verifier_rules.h"

#include <fnmatch.h>
#include <stddef.h>

enum {
	RULE_LOOP,
	RULE_LOOKUP,
	RULE_STACK,
	RULE_ACCESS,
	RULE_UNREACHABLE,
	RULE_HELPER,
	RULE_LICENSE,
	RULE_SIZE,
	RULE_UNINITIALISED,
	RULE_NOT_A_POINTER,
	RULE_CONTEXT,
	RULE_ARGUMENT,
	RULE_RETURN_VALUE,
	RULE_REFERENCE,
	RULE_LOCK,
	RULE_POINTER_ARITHMETIC,
	RULE_ALIGNMENT,
	RULE_READ_ONLY,
	RULE_CALL_DEPTH,
	RULE_CONTROL_FLOW,
};

static const struct rule rules[] = {
	[RULE_LOOP] = {"unbounded-loop", "a loop must come to an end that the verifier can see",
		       "bound the loop variable by a constant, or use bpf_loop() (Linux 5.17)"},
	[RULE_LOOKUP] = {"unchecked-lookup", "a lookup may return NULL",
			 "compare the pointer with NULL before using it"},
	[RULE_STACK] = {"stack-too-large", "a chain of calls has 512 bytes of stack in total",
			"move large variables to a per-CPU array map of one entry, or shrink "
			"them"},
	[RULE_ACCESS] = {"unchecked-access", "a memory access must be proved to be in bounds",
			 "before the access, compare pointer + size with data_end, or the index "
			 "with the value's size, and return if it is out of bounds"},
	[RULE_UNREACHABLE] =
		{"unreachable-code", "every instruction must be reachable",
		 "remove the dead code; if a constant decides, make it 'const volatile' so "
		 "that the compiler keeps both branches"},
	[RULE_HELPER] = {"helper-not-allowed",
			 "a program may call only the helpers that this kernel allows its type",
			 "use another helper or program type: 'bpftool feature' lists the helpers "
			 "of each type; newer kernels have more"},
	[RULE_LICENSE] = {"license", "some helpers are reserved for GPL-compatible programs",
			  "declare: char LICENSE[] SEC(\"license\") = \"GPL\""},
	[RULE_SIZE] = {"too-many-instructions",
		       "the verifier processes up to a million instructions, each once per "
		       "state in which it is reached",
		       "shorten loops (each iteration is processed) or use bpf_loop(); move parts "
		       "to global functions, which are verified once, or behind tail calls"},
	[RULE_UNINITIALISED] =
		{"uninitialised", "memory and registers must be written before they are read",
		 "initialise the variable, or the padding of the structure; a function "
		 "must return a value"},
	[RULE_NOT_A_POINTER] =
		{"not-a-pointer", "only pointers that the verifier tracks may be dereferenced",
		 "start from the context, a map value or the stack; read kernel memory with "
		 "bpf_probe_read_kernel()"},
	[RULE_CONTEXT] = {"context-access", "the context is accessed by whole fields",
			  "access fields of the program type's context at their offset and size"},
	[RULE_ARGUMENT] =
		{"argument", "arguments must have the types that the function expects",
		 "see bpf-helpers(7): typically a pointer to the stack or to a map, and a "
		 "size that is known to be positive"},
	[RULE_RETURN_VALUE] = {"return-value", "a program must return a value that its type allows",
			       "return one of the constants of the program type"},
	[RULE_REFERENCE] = {"reference", "an acquired reference must be released on every path",
			    "release or submit it before each return"},
	[RULE_LOCK] = {"spin-lock", "no function may be called while a spin lock is held",
		       "unlock on every path, before any call"},
	[RULE_POINTER_ARITHMETIC] = {"pointer-arithmetic", "pointer offsets must have known bounds",
				     "bound the offset first, by a comparison or by '&' with a "
				     "constant; do not store or compare pointers as numbers"},
	[RULE_ALIGNMENT] = {"alignment", "an access must be aligned to its size",
			    "read byte by byte, or copy with __builtin_memcpy()"},
	[RULE_READ_ONLY] = {"read-only", "this memory is read-only", "modify a copy"},
	[RULE_CALL_DEPTH] = {"call-depth", "calls may be nested eight deep, without recursion",
			     "inline functions, or use a loop"},
	[RULE_CONTROL_FLOW] = {"control-flow",
			       "jumps must stay inside the program, and every path must return",
			       "return on every path; the object may be damaged"},
};

/*
 * Messages of the verifier as fnmatch(3) patterns; the first match wins. From kernel/bpf/verifier.c
 * of Linux 5.10 to 6.18.
 */
static const struct {
	const char *pattern;
	int rule;
} rows[] = {
	{"*infinite loop detected*", RULE_LOOP},
	{"*back-edge from insn*", RULE_LOOP},
	{"*_or_null*", RULE_LOOKUP},
	{"*Possibly NULL pointer passed*", RULE_LOOKUP},
	{"*variable-offset*stack*", RULE_ACCESS},
	{"*invalid*stack*off=*", RULE_STACK},
	{"*stack size*Too large*", RULE_STACK},
	{"*invalid stack type*", RULE_STACK},
	{"*program is too large*", RULE_SIZE},
	{"*program too large*", RULE_SIZE},
	{"*jumps is too complex*", RULE_SIZE},
	{"*unreachable insn*", RULE_UNREACHABLE},
	{"*GPL*restricted function*", RULE_LICENSE},
	{"*GPL-compatible program*", RULE_LICENSE},
	{"*cannot use helper*", RULE_HELPER},
	{"*unknown func*", RULE_HELPER},
	{"*invalid func*", RULE_HELPER},
	{"*helper call is not allowed*", RULE_HELPER},
	{"*calling kernel function*not allowed*", RULE_HELPER},
	{"*!read_ok*", RULE_UNINITIALISED},
	{"*invalid*read from stack*", RULE_UNINITIALISED},
	{"*invalid bpf_context access*", RULE_CONTEXT},
	{"*ctx ptr*", RULE_CONTEXT},
	{"*invalid access to*", RULE_ACCESS},
	{"*is outside of the*", RULE_ACCESS},
	{"*unbounded memory access*", RULE_ACCESS},
	{"*is negative, *", RULE_ACCESS},
	{"*invalid mem access*", RULE_NOT_A_POINTER},
	{"*type=*expected=*", RULE_ARGUMENT},
	{"*arg#*", RULE_ARGUMENT},
	{"*passes invalid args*", RULE_ARGUMENT},
	{"*t program exit the register R0*", RULE_RETURN_VALUE},
	{"*nreleased reference*", RULE_REFERENCE},
	{"*spin_lock*", RULE_LOCK},
	{"*pointer arithmetic*", RULE_POINTER_ARITHMETIC},
	{"*math between*", RULE_POINTER_ARITHMETIC},
	{"*pointer*prohibited*", RULE_POINTER_ARITHMETIC},
	{"*leaks addr*", RULE_POINTER_ARITHMETIC},
	{"*misaligned*", RULE_ALIGNMENT},
	{"*cannot write into*", RULE_READ_ONLY},
	{"*write into map forbidden*", RULE_READ_ONLY},
	{"*call stack*too deep*", RULE_CALL_DEPTH},
	{"*recursive call*", RULE_CALL_DEPTH},
	{"*jump out of range*", RULE_CONTROL_FLOW},
	{"*last insn is not an exit*", RULE_CONTROL_FLOW},
};

const struct rule *verifier_rules__explain(const char *complaint)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!fnmatch(rows[i].pattern, complaint, 0))
			return &rules[rows[i].rule];
	return NULL;
}
