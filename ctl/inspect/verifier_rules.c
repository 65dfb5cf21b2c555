// SPDX-License-Identifier: GPL-2.0-only
// verifier_rules: which rule of the verifier a program broke, in words for its author.
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
		       "count its turns in a variable that is compared with a constant, or use "
		       "bpf_loop() (kernel 5.17)"},
	[RULE_LOOKUP] = {"unchecked-lookup", "what a lookup returns may be NULL",
			 "compare the pointer with NULL before it is used"},
	[RULE_STACK] = {"stack-too-large",
			"the stack is 512 bytes, for a function and all that call it together",
			"keep large variables in a per-CPU array map of one entry, or make them "
			"smaller"},
	[RULE_ACCESS] = {"unchecked-access",
			 "memory is accessed only where a comparison has proved that it is there",
			 "compare the pointer plus the size with data_end, or the index with the "
			 "value's size, before the access, and return where it does not fit"},
	[RULE_UNREACHABLE] =
		{"unreachable-code", "every instruction must be reachable",
		 "remove the code behind the return or jump; where a constant decides, "
		 "make it 'const volatile' so that the compiler keeps both ways"},
	[RULE_HELPER] = {"helper-not-allowed",
			 "a program calls only the functions that this kernel allows its type",
			 "use another program type or another helper: 'bpftool feature' lists "
			 "those of each type; newer kernels have more"},
	[RULE_LICENSE] = {"license", "some helpers are for programs under the GPL only",
			  "declare: char LICENSE[] SEC(\"license\") = \"GPL\""},
	[RULE_SIZE] = {"too-many-instructions",
		       "the verifier walks through a million instructions at most, each one again "
		       "for every state it is met in",
		       "shorten loops (each turn is walked through) or use bpf_loop(); put parts "
		       "into global functions, which are verified once, or behind tail calls"},
	[RULE_UNINITIALISED] =
		{"uninitialised", "only what was written before is read",
		 "give the variable, or the padding of the structure, a value first; "
		 "a function must return one"},
	[RULE_NOT_A_POINTER] =
		{"not-a-pointer", "only pointers that the verifier follows are read through",
		 "start from the context, a map value or the stack; read the kernel's "
		 "memory by bpf_probe_read_kernel()"},
	[RULE_CONTEXT] = {"context-access", "the context has fields, of their own sizes",
			  "read whole fields of the program type's context, at their own places"},
	[RULE_ARGUMENT] = {"argument", "a function wants arguments of the right kind",
			   "pass what its description in bpf-helpers(7) asks for: a pointer to the "
			   "stack or a map, a size that is known to be positive"},
	[RULE_RETURN_VALUE] = {"return-value", "a program returns only values of its type",
			       "return one of the constants of the program type"},
	[RULE_REFERENCE] = {"reference", "what is acquired must be released on every way out",
			    "release or submit it before each return"},
	[RULE_LOCK] = {"spin-lock", "a spin lock is held for a few instructions, without calls",
		       "unlock on every way out, and call nothing in between"},
	[RULE_POINTER_ARITHMETIC] = {"pointer-arithmetic",
				     "pointers are moved only by amounts with known bounds",
				     "limit the amount first, by a comparison or by '&' with a "
				     "constant; do not keep or compare pointers as numbers"},
	[RULE_ALIGNMENT] = {"alignment", "an access is aligned to its size",
			    "read byte by byte, or copy with __builtin_memcpy()"},
	[RULE_READ_ONLY] = {"read-only", "this memory may only be read",
			    "copy the value and change the copy"},
	[RULE_CALL_DEPTH] = {"call-depth", "calls go eight functions deep, and not in circles",
			     "make functions inline, or use a loop"},
	[RULE_CONTROL_FLOW] = {"control-flow", "jumps stay inside, and every way ends in a return",
			       "return on every way; the object may be damaged"},
};

/*
 * What the verifier says, as patterns of fnmatch(3); the first row that fits. Sources are
 * kernel/bpf/verifier.c of 5.10 to 6.18, whose words differ.
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
