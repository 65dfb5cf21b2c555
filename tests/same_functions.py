#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""same_functions: compare the functions of two BPF objects, instruction for instruction.

same_functions.py REFERENCE OBJECT: every function of REFERENCE must be in OBJECT, with the same
instructions. Calls and maps are compared by name. Prints what differs; exit status 1 if anything.
"""
import struct
import sys

INSTRUCTION = struct.Struct("<BBhi")
SYMBOL = struct.Struct("<IBBHQQ")
PSEUDO_CALL = 1
CALL = 0x85
LOAD_64 = 0x18


class Object:
    """The sections of an ELF file, and the functions of its symbol table."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        offset, = struct.unpack_from("<Q", self.data, 40)
        size, count = struct.unpack_from("<HH", self.data, 58)
        names, = struct.unpack_from("<H", self.data, 62)
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", self.data, offset + i * size) for i in range(count)]
        self.section_names = [self.text(names, section[0]) for section in self.sections]
        self.symbols = next(self.read_symbols(i) for i, s in enumerate(self.sections) if s[1] == 2)
        self.relocations = self.read_relocations()
        self.functions = {s["name"]: s for s in self.symbols if s["type"] == 2}

    def text(self, section, offset):
        """The string at an offset of a string table."""
        start = self.sections[section][4] + offset
        return self.data[start:self.data.index(b"\0", start)].decode()

    def read_symbols(self, number):
        """All symbols of a symbol table."""
        section = self.sections[number]
        symbols = []
        for i in range(section[5] // SYMBOL.size):
            name, info, _, index, value, size = SYMBOL.unpack_from(self.data, section[4] + i * SYMBOL.size)
            symbols.append({"name": self.text(section[6], name), "type": info & 15, "section": index,
                            "value": value, "size": size})
        return symbols

    def read_relocations(self):
        """Symbols by section and offset."""
        found = {}
        for section in self.sections:
            if section[1] == 9:
                for i in range(section[5] // 16):
                    offset, info = struct.unpack_from("<QQ", self.data, section[4] + i * 16)
                    found[section[7], offset] = self.symbols[info >> 32]
        return found

    def callee(self, section, offset, immediate):
        """The name of the function that an instruction calls, through a relocation or directly."""
        symbol = self.relocations.get((section, offset))
        if symbol and symbol["type"] == 2:
            return symbol["name"]
        if symbol:
            section, target = symbol["section"], symbol["value"] + (immediate + 1) * 8
        else:
            target = offset + (immediate + 1) * 8
        return next(f["name"] for f in self.functions.values() if (f["section"], f["value"]) == (section, target))

    def instructions(self, function):
        """The instructions of a function, without what depends on the other ones in the object."""
        start = self.sections[function["section"]][4]
        for offset in range(function["value"], function["value"] + function["size"], 8):
            code, registers, jump, immediate = INSTRUCTION.unpack_from(self.data, start + offset)
            symbol = self.relocations.get((function["section"], offset))
            if code == CALL and registers >> 4 == PSEUDO_CALL:
                immediate = self.callee(function["section"], offset, immediate)
            elif symbol:
                immediate = (symbol["name"] or self.section_names[symbol["section"]], immediate)
            yield code, registers, jump, immediate


def main():
    """Compare two objects."""
    reference, other = Object(sys.argv[1]), Object(sys.argv[2])
    failed = 0
    for name, function in reference.functions.items():
        found = other.functions.get(name)
        if found is None or list(reference.instructions(function)) != list(other.instructions(found)):
            print(f"{name}: {'missing' if found is None else 'differs'}")
            failed = 1
    print(f"{len(reference.functions)} functions, {len(other.functions)} in all")
    return failed


sys.exit(main())
