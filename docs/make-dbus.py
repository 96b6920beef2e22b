# SPDX-License-Identifier: LGPL-2.1-or-later

"""Writes docs/dbus.md from the interfaces' XML and the comments in it.

  make-dbus.py XML > docs/dbus.md

A comment describes what follows it: `Name: text`, then a line for each argument,
`@argument: text`, then more text. Indented lines stay as they are."""

import re
import sys
import textwrap
import xml.etree.ElementTree as ET

BUS_NAME = "org.simhost.Host1"

HEAD = """\
# {name} on D-Bus

<!-- Made from data/dbus/{name}.xml by docs/make-dbus.py; do not edit. -->
"""

TRY = """\
To look around:

    busctl --user tree {name}
    gdbus introspect --session --dest {name} --object-path /org/simhost/Host1
    gdbus monitor --session --dest {name}
"""


def dedent(comment):
    """The lines of a comment; a first one beside its beginning is as far to the left
    as the rest."""
    if comment.startswith("\n"):
        return textwrap.dedent(comment).strip()
    first, _, rest = comment.strip("\n").partition("\n")
    return (first.strip() + "\n" + textwrap.dedent(rest)).strip()


def flow(text):
    """Paragraphs of plain text; what is indented is shown as it is."""
    blocks = []
    for line in text.splitlines():
        kind = "blank" if not line.strip() else "code" if line.startswith("  ") else "text"
        if kind == "blank" and blocks and blocks[-1][0] == "code":
            kind = "code"
        if not blocks or blocks[-1][0] != kind:
            blocks.append((kind, []))
        blocks[-1][1].append(line)
    parts = []
    for kind, lines in blocks:
        body = textwrap.dedent("\n".join(lines)).strip("\n")
        if kind == "code":
            parts.append(textwrap.indent(body, "    "))
        elif kind == "text":
            parts.append(textwrap.fill(" ".join(body.split()), 80))
    return "\n\n".join(parts)


def split(comment):
    """What a comment says: the text, and what it says of each argument."""
    text, arguments, current = [], {}, None
    for line in dedent(comment).splitlines():
        tag = re.match(r"@(\w+): (.*)", line)
        if tag:
            current = tag[1]
            arguments[current] = tag[2]
        elif current and line.startswith("  "):
            arguments[current] += " " + line.strip()
        else:
            current = None
            text.append(line)
    return re.sub(r"^[\w.]+: ?", "", "\n".join(text)), arguments


def described(parent):
    """The elements in `parent`, each with the comment before it."""
    comment = ""
    for child in parent:
        if child.tag is ET.Comment:
            comment = child.text
        else:
            if not comment.strip():
                sys.exit(f"make-dbus.py: nothing is said of {child.get('name')}")
            yield child, *split(comment)
            comment = ""


def signature(element):
    """What goes in, and what comes out."""
    sides = {"in": [], "out": []}
    for argument in element.findall("arg"):
        direction = argument.get("direction", "in")
        sides[direction].append(f"{argument.get('name')} {argument.get('type')}")
    out = " → " + ", ".join(sides["out"]) if sides["out"] else ""
    return f"{element.get('name')} ({', '.join(sides['in'])}){out}"


def sentence(text):
    return text[0].upper() + text[1:] if text else text


def show_callable(element, text, arguments):
    unknown = set(arguments) - {argument.get("name") for argument in element.findall("arg")}
    if unknown:
        sys.exit(f"make-dbus.py: {element.get('name')} has no argument {', '.join(unknown)}")
    print(f"\n#### `{signature(element)}`\n\n{flow(sentence(text))}")
    for name, said in arguments.items():
        print("\n" + textwrap.fill(f"- `{name}`: {said}", 80, subsequent_indent="  "))


def show_property(element, text):
    first, _, rest = text.partition("\n")
    if first:
        print(textwrap.fill(f"- **{element.get('name')}** `{element.get('type')}`: {first}", 80,
                            subsequent_indent="  "))
        rest = flow(rest)
    else:
        print(f"- **{element.get('name')}** `{element.get('type')}`:")
        rest = flow(rest)
    if rest:
        print("\n" + textwrap.indent(rest, "  ") + "\n")


def show_interface(interface, about):
    print(f"\n## {interface.get('name')}\n\n{sentence(about)}.")
    members = list(described(interface))
    for tag, title in ("property", "Properties"), ("method", "Methods"), ("signal", "Signals"):
        chosen = [member for member in members if member[0].tag == tag]
        if chosen:
            print(f"\n### {title}")
        if chosen and tag == "property":
            print()
        for element, text, arguments in chosen:
            if tag == "property":
                show_property(element, text)
            else:
                show_callable(element, text, arguments)


def main(path):
    # Comments before the root are no part of the tree.
    source = open(path, encoding="utf-8").read()
    about = [text for text in re.findall(r"<!--(.*?)-->", source.partition("<node>")[0], re.S)
             if "SPDX" not in text]
    parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))
    root = ET.fromstring(source.encode(), parser)
    print(HEAD.format(name=BUS_NAME))
    print("\n\n".join(flow(textwrap.dedent(text.strip("\n"))) for text in about))
    print("\n" + TRY.format(name=BUS_NAME), end="")
    for interface, _, arguments in described(root):
        show_interface(interface, arguments["short_description"])


main(sys.argv[1])
