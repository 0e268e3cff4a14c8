"""Mapping files: what another system's export calls the things that we know, as YAML with declared keys.

One list of keys both reads the file, naming the line and key of every mistake, and explains itself.
"""

import difflib
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import yaml


class MappingError(ValueError):
    """A mapping file cannot be used; the text names every line and key to mend."""


class Shape(Enum):
    """What the value of a key looks like."""

    TEXT = "text"
    TEXTS = "text or list of texts"
    TABLE = "table of “theirs: ours”"
    NUMBER = "whole number"
    CHOICE = "one of"


@dataclass(frozen=True, slots=True)
class Key:
    """One key that a mapping may have; a dot stands for a level."""

    name: str
    shape: Shape
    words: str
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    example: str = ""


@dataclass(slots=True)
class Mapping:
    """The values of a mapping file by key, and the mistakes found in it so far."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def complain(self, key: str, words: str) -> None:
        """Note a mistake at a key (or at an entry of its table, as `states.New`)."""
        line = self.lines.get(key) or self.lines.get(key.partition(".")[0])
        place = f"line {line}, {key}" if line else key
        self.mistakes.append(f"{place}: {words}")

    def refuse_mistakes(self) -> None:
        """Raise MappingError, with all of them, if there were any mistakes."""
        if self.mistakes:
            listed = "\n".join(f"  {mistake}" for mistake in self.mistakes)
            raise MappingError(f"The mapping {self.name} cannot be used:\n{listed}")


def read_mapping(path: Path, keys: Sequence[Key]) -> Mapping:
    """Read a mapping file; what it leaves out has its default, and mistakes are noted in the mapping."""
    mapping = Mapping(path.name)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"The mapping {path} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        raise MappingError(f"The mapping {path.name} is not YAML: {error}") from error
    if not isinstance(root, yaml.MappingNode):
        raise MappingError(f"The mapping {path.name} is empty. --explain-mapping tells what belongs into it.")
    known = {key.name: key for key in keys}
    for name, node in _nodes(root, known, "", mapping):
        mapping.values[name] = _value(node, known[name], mapping)
    for key in keys:
        if key.name not in mapping.values:
            if key.required:
                mapping.complain(key.name, "is missing. " + key.words)
            mapping.values[key.name] = key.default
    return mapping


def _nodes(
    parent: yaml.MappingNode, known: dict[str, Key], prefix: str, mapping: Mapping
) -> Iterator[tuple[str, yaml.Node]]:
    """Yield every key of the file with its value; note those that nobody knows and those given twice."""
    for name_node, value in parent.value:
        name, line = f"{prefix}{name_node.value}", name_node.start_mark.line + 1
        is_section = any(key.startswith(f"{name}.") for key in known)
        if name in mapping.lines:
            mapping.complain(name, f"is given a second time in line {line}.")
            continue
        mapping.lines[name] = line
        if name in known:
            yield name, value
        elif is_section and isinstance(value, yaml.MappingNode):
            yield from _nodes(value, known, f"{name}.", mapping)
        elif is_section:
            mapping.complain(name, "holds further keys; write them indented below it.")
        else:
            close = difflib.get_close_matches(name, known, 1)
            mapping.complain(name, "there is no such key." + (f" Did you mean {close[0]}?" if close else ""))


def _value(node: yaml.Node, key: Key, mapping: Mapping) -> Any:
    """Return a value in the shape of its key; note one that is in another."""
    match key.shape, node:
        case Shape.TEXT, yaml.ScalarNode():
            return node.value
        case Shape.TEXTS, yaml.ScalarNode():
            return [node.value]
        case Shape.TEXTS, yaml.SequenceNode() if _are_texts(node.value):
            return [item.value for item in node.value]
        case Shape.TABLE, yaml.MappingNode() if _are_texts(value for _, value in node.value):
            return _table(node, key, mapping)
        case Shape.NUMBER, yaml.ScalarNode() if node.value.isdecimal():
            return int(node.value)
        case Shape.CHOICE, yaml.ScalarNode() if node.value in key.choices:
            return node.value
    mapping.complain(key.name, f"must be a {_shape_words(key)}.".replace("a one", "one"))
    return key.default


def _are_texts(nodes: Any) -> bool:
    """Return whether all of them are plain values."""
    return all(isinstance(node, yaml.ScalarNode) for node in nodes)


def _table(node: yaml.MappingNode, key: Key, mapping: Mapping) -> dict[str, str]:
    """Return a table of theirs to ours, remembering the line of each entry."""
    table: dict[str, str] = {}
    for theirs, ours in node.value:
        if theirs.value in table:
            mapping.complain(f"{key.name}.{theirs.value}", "is given twice.")
        mapping.lines[f"{key.name}.{theirs.value}"] = theirs.start_mark.line + 1
        table[theirs.value] = ours.value
    return table


def explain_keys(keys: Sequence[Key], title: str, example: str) -> str:
    """Return what a mapping file may hold, for people."""
    told = [title]
    for key in keys:
        needed = "required" if key.required else f"default: {_default_words(key.default)}"
        told.append(f"{key.name}   ({_shape_words(key)}; {needed})")
        told.append(textwrap.indent(textwrap.fill(key.words, 92), "    "))
        if key.example:
            told.append(textwrap.indent(key.example.strip("\n"), "      "))
        told.append("")
    return "\n".join([*told, "A whole example:", "", textwrap.indent(example, "    ")])


def _shape_words(key: Key) -> str:
    """Return a key's shape in words."""
    return f"{key.shape.value} {', '.join(key.choices)}" if key.choices else key.shape.value


def _default_words(default: Any) -> str:
    """Return a default in words."""
    if isinstance(default, list):
        return ", ".join(f"“{item}”" for item in default)
    return "none" if default in (None, {}, "") else str(default)
