#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""reference: the man page or the bash completion of a program, from a template and the program's
own tables (`PROGRAM help -j`).

usage: reference.py man|completion PROGRAM TEMPLATE

A line of the template that is only @NAME@ is replaced by what is made here. In a manual, what
stands between @commands@ and @end@ is prose about the commands: each part starts with @COMMAND@.
"""
import json
import re
import shlex
import subprocess
import sys

DIRECTIVE = re.compile(r"@([a-z_-]+)@$")


# Man pages, in mdoc(7).


def quoted(text):
    """Text as it is, wherever it stands in mdoc: no escapes, no requests, no macros."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return "\\&" + text if text[:1] in (".", "'") else text


def argument(placeholder):
    words = quoted(placeholder).split("|")
    macro = "Cm" if placeholder[:1].islower() else "Ar"
    return f"{macro} {' | '.join(words)}"


def option_heading(option):
    letter = f"Fl {option['letter']} , " if option["letter"] else ""
    heading = f".It {letter}Fl {quoted('-' + option['name'])}"
    if option["argument_optional"]:
        return f"{heading} Ns Op = Ns {argument(option['argument'])}"
    return f"{heading} Ns = Ns {argument(option['argument'])}" if option["argument"] else heading


def option_list(options):
    lines = [".Bl -tag -width Ds"]
    for option in options:
        lines += [option_heading(option), quoted(option["help"])]
    return lines + [".El"] if options else []


def operand(word):
    inner = word[1:-1] if word.startswith("[") else word
    shown = argument(inner.removesuffix("...")) + (" ..." if inner.endswith("...") else "")
    return f"Op {shown}" if word.startswith("[") else shown


def synopsis(command):
    lines = [".Nm", f".Cm {command['name']}"]
    lines += [".Op Ar option ..."] if command["options"] else []
    return lines + [f".{operand(word)}" for word in command["operands"].split()]


def command_section(command, prose):
    names = " | ".join(filter(None, (command["name"], command["alias"])))
    heading = f".Ss {names} {quoted(command['operands'])}".rstrip()
    summary = quoted(command["summary"][0].upper() + command["summary"][1:]) + "."
    return [heading, summary] + prose + option_list(command["options"])


def command_sections(table, prose):
    unknown = set(prose) - {c["name"] for c in table["commands"]}
    if unknown:
        sys.exit(f"reference: {table['program']} has no command {', '.join(sorted(unknown))}")
    return [line for c in table["commands"]
            for line in command_section(c, prose.get(c["name"], []))]


def man(table, template):
    made = {"synopsis": lambda: [line for c in table["commands"] for line in synopsis(c)],
            "version": lambda: [f".Os {table['program']} {table['version']}"],
            "shared_options": lambda: option_list(table["shared_options"])}
    prose, part, out = None, None, []
    for line in template:
        found = DIRECTIVE.match(line)
        name = found and found[1]
        if name == "commands":
            prose = {}
        elif name == "end":
            out += command_sections(table, prose)
            prose = part = None
        elif prose is not None and name:
            part = prose[name] = []
        elif part is not None:
            part.append(line)
        else:
            out += made[name]() if name else [line]
    return out


# Completion, for bash.


def completion_row(command, shared):
    words = command["operands"].split()
    for option in command["options"] + shared:
        takes = option["argument"] and not option["argument_optional"]
        names = ["--" + option["name"]] + (["-" + option["letter"]] if option["letter"] else [])
        words += [f"{name}={option['argument']}" if takes else name for name in names]
    pattern = " | ".join(filter(None, (command["name"], command["alias"])))
    return f"\t{pattern}) row=({' '.join(shlex.quote(word) for word in words)}) ;;"


def completion(table, template):
    rows = [completion_row(c, table["shared_options"]) for c in table["commands"]]
    names = " ".join(c["name"] for c in table["commands"])
    text = "\n".join(template).replace("@program@", table["program"]).replace("@names@", names)
    return text.replace("@rows@", "\n".join(rows)).split("\n")


def main(kind, program, template):
    table = json.loads(subprocess.run([program, "help", "-j"], check=True, capture_output=True).stdout)
    with open(template, encoding="utf-8") as file:
        lines = file.read().splitlines()
    print("\n".join({"man": man, "completion": completion}[kind](table, lines)))


if __name__ == "__main__":
    main(*sys.argv[1:])
