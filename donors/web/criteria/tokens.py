"""Criteria as an address holds them: a row of tokens, in which groups of any depth stand between brackets.

    f=city|equals|Bonn  f=any(  f=lifetime_total|at least|1,000  f=level|is empty|  f=)

`match` says how the outermost conditions go together: all, any or none. A value of `between` has its two ends apart by
a tilde; lists have their values apart by semicolons, or by commas where there is no semicolon.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donors.core.criteria.parse import compare
from donors.core.criteria.tree import WITH_LIST, All, AnyOf, Criteria, Not, Operator
from donors.core.fields import FieldSet
from donors.core.settings import Organization

JOINS = ("all", "any", "none")
CLOSE = ")"
MOST = 60
DEEPEST = 6
LONGEST = 500


@dataclass(frozen=True)
class Line:
    """One comparison as it was typed. A line without a field is one that is still to be chosen."""

    field: str = ""
    operator: str = ""
    value: str = ""


@dataclass(frozen=True)
class Group:
    """Lines and groups with the word that joins them: all, any or none of these."""

    join: str = "all"
    parts: tuple["Node", ...] = ()


Node = Line | Group


def read(tokens: Sequence[str], join: str = "all") -> Group:
    """The group that tokens spell. Brackets that do not match close themselves."""
    return Group(_join(join), _parts(iter(tokens[:MOST]), depth=1))


def _join(word: str) -> str:
    return word if word in JOINS else "all"


def _parts(tokens: Iterator[str], *, depth: int) -> tuple[Node, ...]:
    found: list[Node] = []
    for token in tokens:
        if token == CLOSE:
            break
        if token.endswith("(") and token[:-1] in JOINS:
            inner = _parts(tokens, depth=depth + 1)
            found.append(Group(token[:-1], inner if depth < DEEPEST else ()))
        elif token:
            found.append(_line(token))
    return tuple(found)


def _line(token: str) -> Line:
    name, _, rest = token[:LONGEST].partition("|")
    operator, _, value = rest.partition("|")
    return Line(name, operator, value)


def write(node: Node) -> list[str]:
    """The tokens that spell a node; of a group with its brackets."""
    if isinstance(node, Line):
        return [f"{node.field}|{node.operator}|{node.value}"] if node.field else []
    inner = [token for part in node.parts for token in write(part)]
    return [f"{node.join}(", *inner, CLOSE] if inner else []


def criteria_of(node: Node, known: FieldSet, organization: Organization) -> Criteria:
    """The criteria that a node asks for. Lines without a field and empty groups ask for nothing. Raises Invalid."""
    if isinstance(node, Line):
        return compare(known.named(node.field), node.operator, _typed(node), organization)
    asked = [part for part in node.parts if write(part)]
    return together(node.join, [criteria_of(part, known, organization) for part in asked])


def together(join: str, parts: Sequence[Criteria]) -> Criteria:
    """Several criteria as one: all of them, any or none."""
    if not parts:
        return All()
    if join == "none":
        return Not(AnyOf(tuple(parts)))
    if len(parts) == 1:
        return parts[0]
    return All(tuple(parts)) if join == "all" else AnyOf(tuple(parts))


def _typed(line: Line) -> Any:
    if line.operator in WITH_LIST:
        return [part.strip() for part in line.value.split(";" if ";" in line.value else ",") if part.strip()]
    return line.value.split("~") if line.operator == Operator.BETWEEN else line.value


def stored(data: Mapping[str, Any]) -> Group:
    """The group that criteria in their stored form (`core.criteria.parse.to_json`) are shown as."""
    node = _stored(data)
    return node if isinstance(node, Group) and node.join != "none" else Group("all", (node,))


def _stored(data: Mapping[str, Any]) -> Node:
    match data:
        case {"all": parts}:
            return Group("all", tuple(map(_stored, parts)))
        case {"any": parts}:
            return Group("any", tuple(map(_stored, parts)))
        case {"not": part}:
            inner = _stored(part)
            return Group("none", inner.parts if isinstance(inner, Group) and inner.join == "any" else (inner,))
        case {"field": field, "operator": operator}:
            return Line(field, operator, _value(operator, data.get("value")))
    return Group()


def _value(operator: str, value: Any) -> str:
    if value is None:
        return ""
    if operator == Operator.BETWEEN:
        return "~".join(str(each) for each in value)
    if operator in WITH_LIST:
        said = ";".join(str(each) for each in value)
        return f"{said};" if ";" not in said and "," in said else said
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
