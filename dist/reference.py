#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""reference: the man page or a shell's completion of a program, from a template and the program's
own tables (`PROGRAM help -j`).

usage: reference.py man|bash|zsh|fish PROGRAM TEMPLATE

A line of the template that is only @NAME@ is replaced by what is made here. In a manual, what
stands between @commands@ and @end@ is prose about the commands: each part starts with @COMMAND@, with a
dash between two words.
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


def option_text(option):
    """The help line as the program prints it: with the option it goes with, and its default."""
    company = f"with --{option['with']}: " if option["with"] else ""
    default = f" (default: {option['default']})" if option["default"] else ""
    return company + option["help"] + default


def shared_of(command, table):
    return [o for o in table["shared_options"] if o["name"] in command["shared_options"]]


def option_list(options):
    lines = [".Bl -tag -width Ds"]
    for option in options:
        lines += [option_heading(option), quoted(option_text(option))]
    return lines + [".El"] if options else []


def operand(word):
    inner = word[1:-1] if word.startswith("[") else word
    shown = argument(inner.removesuffix("...")) + (" ..." if inner.endswith("...") else "")
    return f"Op {shown}" if word.startswith("[") else shown


def synopsis(command):
    lines = [".Nm", f".Cm {command['name']}"]
    lines += [".Op Ar option ..."] if command["options"] else []
    return lines + [f".{operand(word)}" for word in command["operands"].split()]


def shared_line(command, table):
    flags = " , ".join(option["letter"] for option in shared_of(command, table))
    return [".Pp", "Shared options:", f".Fl {flags} ."]


def command_section(command, table, prose):
    names = " | ".join(filter(None, (command["name"], command["alias"])))
    heading = f".Ss {names} {quoted(command['operands'])}".rstrip()
    summary = quoted(command["summary"][0].upper() + command["summary"][1:]) + "."
    return ([heading, summary] + prose + option_list(command["options"]) +
            shared_line(command, table))


def command_sections(table, prose):
    unknown = set(prose) - {c["name"].replace(" ", "-") for c in table["commands"]}
    if unknown:
        sys.exit(f"reference: {table['program']} has no command {', '.join(sorted(unknown))}")
    return [line for c in table["commands"]
            for line in command_section(c, table, prose.get(c["name"].replace(" ", "-"), []))]


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


# Completion. A placeholder's words are "IFACE", "[IFACE|ID|OBJ.o]", "IFACE...", "first|last".


def names_of(command):
    return [name for name in (command["name"], command["alias"]) if name]


def words_of(placeholder):
    return placeholder.strip("[]").replace("]", "").replace("[", "").split("|")


def takes_argument(option):
    return option["argument"] and not option["argument_optional"]


def is_choice(placeholder):
    return placeholder[:1].islower()


def groups_of(table):
    """The first words of commands of two words, each with the second ones."""
    groups = {}
    for command in table["commands"]:
        first, _, second = command["name"].partition(" ")
        if second:
            groups.setdefault(first, []).append(second)
    return groups


def second_words(command, table):
    """Of a command whose name is the first word of others, too: the second ones."""
    return groups_of(table).get(command["name"], [])


def first_operands(command, table):
    """The operands' words; the second words of other commands stand where the first one may."""
    words, more = command["operands"].split(), second_words(command, table)
    if not more:
        return words
    return ["[" + "|".join([words[0].strip("[]")] + more) + "]"] + words[1:]


def pure_groups_of(table):
    """The groups whose first word is no command on its own."""
    names = [c["name"] for c in table["commands"]]
    return {g: words for g, words in groups_of(table).items() if g not in names}


def filled(template, table, rows):
    names = " ".join(dict.fromkeys(c["name"].split(" ")[0] for c in table["commands"]))
    text = "\n".join(template).replace("@program@", table["program"]).replace("@names@", names)
    pairs = [c["name"] for c in table["commands"] if " " in c["name"]]
    text = text.replace("@pairs@", "|".join(pairs))
    return text.replace("@rows@", "\n".join(rows)).split("\n")


def bash_row(command, table):
    words = first_operands(command, table)
    for option in command["options"] + shared_of(command, table):
        names = ["--" + option["name"]] + (["-" + option["letter"]] if option["letter"] else [])
        words += [f"{name}={option['argument']}" if takes_argument(option) else name
                  for name in names]
    row = " ".join(shlex.quote(word) for word in words)
    return f"\t{' | '.join(map(shlex.quote, names_of(command)))}) row=({row}) ;;"


def bash_group(group, words):
    return f"\t{group}) row=({'|'.join(words)!r}) ;;"


def bash(table, template):
    rows = [bash_row(c, table) for c in table["commands"]]
    return filled(template, table, rows + [bash_group(*g) for g in pure_groups_of(table).items()])


def zsh_action(program, placeholder):
    if is_choice(placeholder):
        return f":value:({' '.join(words_of(placeholder))})"
    return f":{placeholder.replace(':', chr(92) + ':')}: _{program}_fill {shlex.quote(placeholder)}"


def zsh_option(option, program):
    help_text = re.sub(r"([][:\\])", r"\\\1", option_text(option))
    takes = takes_argument(option)
    names = [("--" + option["name"], "=")] + ([("-" + option["letter"], "+")] if option["letter"] else [])
    both = "(" + " ".join(name for name, _ in names) + ")"
    for name, mark in names:
        yield shlex.quote(f"{both}{name}{mark if takes else ''}[{help_text}]" +
                          (zsh_action(program, option["argument"]) if takes else ""))


def zsh_operands(command, table):
    program = table["program"]
    for word in first_operands(command, table):
        inner = word.strip("[]")
        many = "*" if inner.endswith("...") else ""
        optional = ":" if word.startswith("[") and not many else ""
        yield shlex.quote(many + optional + zsh_action(program, inner.removesuffix("...")))


def zsh_row(command, table):
    specs = [spec for option in command["options"] + shared_of(command, table)
             for spec in zsh_option(option, table["program"])]
    specs += zsh_operands(command, table)
    lines = " \\\n\t\t\t".join(specs)
    names = "|".join(map(shlex.quote, names_of(command)))
    return f"\t{names})\n\t\t_arguments -s -S \\\n\t\t\t{lines}\n\t\t;;"


def zsh_group(group, table):
    words = [c for c in table["commands"] if c["name"].startswith(group + " ")]
    described = " ".join(shlex.quote(f"{c['name'].split(' ')[1]}:{c['summary']}") for c in words)
    return f"\t{group})\n\t\tcommands=({described})\n\t\t_describe command commands\n\t\t;;"


def zsh(table, template):
    groups = pure_groups_of(table)
    rows = [zsh_row(c, table) for c in table["commands"]] + [zsh_group(g, table) for g in groups]
    summaries = [f"\t\t{shlex.quote(c['name'] + ':' + c['summary'])}" for c in table["commands"]
                 if " " not in c["name"]]
    summaries += [f"\t\t{shlex.quote(g + ':' + ', '.join(words))}" for g, words in groups.items()]
    return filled("\n".join(template).replace("@summaries@", "\n".join(summaries)).split("\n"),
                  table, rows)


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_fill(program, placeholder):
    if is_choice(placeholder):
        return f"-f -a {fish_quoted(' '.join(words_of(placeholder)))}"
    return f"-a {fish_quoted(f'(__{program}_fill {fish_quoted(placeholder)})')}"


def fish_rows(command, table):
    program = table["program"]
    condition = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in command["name"].split(" "))
    if command["alias"]:
        condition += " " + command["alias"]
    if second_words(command, table):
        condition += f"; and not __fish_seen_subcommand_from {' '.join(second_words(command, table))}"
    head = f"complete -c {program} -n {fish_quoted(condition)}"
    for word in command["operands"].split():
        yield f"{head} {fish_fill(program, word)}"
    for option in command["options"] + shared_of(command, table):
        letter = f" -s {option['letter']}" if option["letter"] else ""
        argument = f" -r {fish_fill(program, option['argument'])}" if takes_argument(option) else ""
        yield f"{head}{letter} -l {option['name']}{argument} -d {fish_quoted(option_text(option))}"


def fish(table, template):
    groups = groups_of(table)
    rows = [f"complete -c {table['program']} -n __fish_use_subcommand -a {c['name']} -d "
            f"{fish_quoted(c['summary'])}" for c in table["commands"] if " " not in c["name"]]
    rows += [f"complete -c {table['program']} -n __fish_use_subcommand -a {group} -d "
             f"{fish_quoted(', '.join(words))}" for group, words in pure_groups_of(table).items()]
    for command in table["commands"]:
        group, _, word = command["name"].partition(" ")
        if word:
            condition = (f"__fish_seen_subcommand_from {group}; "
                         f"and not __fish_seen_subcommand_from {' '.join(groups[group])}")
            rows.append(f"complete -c {table['program']} -n {fish_quoted(condition)} -a {word} -d "
                        f"{fish_quoted(command['summary'])}")
    rows += [row for c in table["commands"] for row in fish_rows(c, table)]
    return filled(template, table, rows)


def main(kind, program, template):
    table = json.loads(subprocess.run([program, "help", "-j"], check=True, capture_output=True).stdout)
    with open(template, encoding="utf-8") as file:
        lines = file.read().splitlines()
    print("\n".join({"man": man, "bash": bash, "zsh": zsh, "fish": fish}[kind](table, lines)))


if __name__ == "__main__":
    main(*sys.argv[1:])
