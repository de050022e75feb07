"""The form in which criteria are put together. Each press of a button gives the form anew; nothing needs a script.

The fields of the form stand in the order of the tree, so that the order of what is sent is the tree: `open` begins a
group (its value is the join), `close` ends it, `field` begins a line, whose `operator`, `value` and `value_to` follow.
`act` says which button was pressed: `add:3`, `group:3` and `remove:3` name a node by its place in that order.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from donors.core.criteria.describe import ONE_DAY, SET_WORDS, TIME_WORDS, WORDS
from donors.core.criteria.tree import OPERATORS, WITH_LIST, WITHOUT_VALUE, Operator
from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet, Kind
from donors.core.settings import Organization
from donors.web.criteria.tokens import LONGEST, MOST, Group, Line, Node, criteria_of, read, write

Pairs = Sequence[tuple[str, str]]
PERIODS = (
    "today",
    "last 30 days",
    "last 90 days",
    "last 365 days",
    "this month",
    "last month",
    "this year",
    "last year",
    "this fiscal year",
    "last fiscal year",
    "2 fiscal years ago",
)
"""What a date may be compared with beside a day, offered while typing."""

FAMILIES = {
    "giving.read": "Giving",
    "volunteering.read": "Volunteering",
    "pipeline.read": "Pipeline",
    "levels.read": "Levels",
    "plans.read": "Plans",
}
"""Permission that a field takes → the heading under which it is offered."""

USUAL = {
    Kind.TEXT: Operator.CONTAINS,
    Kind.NUMBER: Operator.AT_LEAST,
    Kind.MONEY: Operator.AT_LEAST,
    Kind.MINUTES: Operator.AT_LEAST,
    Kind.DATE: Operator.AT_LEAST,
    Kind.SET: Operator.ANY_OF,
}
"""How a field is compared until somebody says otherwise."""


@dataclass(frozen=True)
class ShownLine:
    """A line as the form shows it. `values` are the parts of its value; `problem` says why it cannot be read."""

    number: int
    field: Field | None
    operators: tuple[tuple[str, str], ...] = ()
    operator: str = ""
    values: tuple[str, ...] = ()
    problem: str = ""

    @property
    def takes(self) -> str:
        """What is asked for beside the operator: nothing, one, two, several."""
        if self.field is None or self.operator in WITHOUT_VALUE:
            return "nothing"
        if self.operator == Operator.BETWEEN:
            return "two"
        return "several" if self.operator in WITH_LIST and self.field.options else "one"


@dataclass(frozen=True)
class ShownGroup:
    """A group as the form shows it."""

    number: int
    join: str
    parts: tuple["ShownLine | ShownGroup", ...] = field(default=())
    depth: int = 0


def typed(pairs: Pairs) -> Group:
    """The tree that a form sent; lines and groups that are not finished stay in it."""
    tokens: list[str] = []
    root = ""
    depth = 0
    for name, value in _bounded(pairs):
        if name == "open":
            depth += 1
            root = root or value
            tokens += [f"{value}("] if depth > 1 else []
        elif name == "close":
            depth -= 1
            tokens += [")"] if depth else []
        elif not depth:
            continue  # what the form asks beside the criteria
        elif name == "field":
            tokens.append(f"{value}|")
        elif tokens and "|" in tokens[-1]:
            tokens[-1] = _with(tokens[-1], name, value)
    return read(tokens, root or "all")


def _bounded(pairs: Pairs) -> Iterator[tuple[str, str]]:
    names = ("open", "close", "field", "operator", "value", "value_to")
    return ((name, value[:LONGEST]) for name, value in pairs[: MOST * 8] if name in names)


def _with(token: str, name: str, value: str) -> str:
    if name == "operator":
        return f"{token}{value}|"
    if name == "value_to":
        return f"{token}~{value.strip()}"
    if token.count("|") < 2:
        return token
    return f"{token}{'' if token.endswith('|') else ';'}{value.strip()}"


def acted(root: Group, act: str) -> Group:
    """The tree after a button was pressed. Unknown buttons change nothing."""
    word, _, number = act.partition(":")
    if word not in ("add", "group", "remove") or not number.isdigit():
        return root
    changed = _acted(root, word, int(number), count())
    return changed if isinstance(changed, Group) else Group(root.join)


def _acted(node: Node, word: str, wanted: int, numbers: Iterator[int]) -> Node | None:
    here = next(numbers) == wanted
    if isinstance(node, Line):
        return None if here and word == "remove" else node
    parts = tuple(part for part in (_acted(each, word, wanted, numbers) for each in node.parts) if part is not None)
    if not here:
        return replace(node, parts=parts)
    if word == "remove":
        return None
    return replace(node, parts=(*parts, Line() if word == "add" else Group("any", (Line(),))))


def shown(root: Group, known: FieldSet, organization: Organization, *, judged: bool = False) -> ShownGroup:
    """The tree for the template. `judged`: lines say what is wrong with them."""
    return _shown_group(root, (known, organization, judged), count(), 0)


Context = tuple[FieldSet, Organization, bool]


def _shown_group(group: Group, context: Context, numbers: Iterator[int], depth: int) -> ShownGroup:
    number = next(numbers)
    parts = tuple(
        _shown_group(part, context, numbers, depth + 1)
        if isinstance(part, Group)
        else _shown_line(part, context, next(numbers))
        for part in group.parts
    )
    return ShownGroup(number, group.join, parts, depth)


def _shown_line(line: Line, context: Context, number: int) -> ShownLine:
    known, organization, judged = context
    about = known.get(line.field)
    if about is None:
        problem = f"{line.field} is not a field that you may ask by." if line.field else ""
        return ShownLine(number, None, problem=problem)
    operators = tuple((str(each), _word(about, each)) for each in OPERATORS[about.kind])
    operator = line.operator if line.operator in OPERATORS[about.kind] else str(USUAL.get(about.kind, Operator.EQUALS))
    problem = _problem(line, known, organization) if judged else ""
    return ShownLine(number, about, operators, operator, _values(line.value, operator), problem)


def _values(value: str, operator: str) -> tuple[str, ...]:
    if operator == Operator.BETWEEN:
        first, _, last = value.partition("~")
        return (first, last)
    if operator in WITH_LIST:
        return tuple(part.strip() for part in value.split(";" if ";" in value else ",") if part.strip())
    return (value.partition("~")[0],)


def _word(about: Field, operator: Operator) -> str:
    if about.kind is Kind.SET:
        return SET_WORDS.get(operator) or WORDS[operator]
    if about.kind is not Kind.DATE:
        return WORDS[operator]
    return ONE_DAY.get(operator) or TIME_WORDS.get(operator, WORDS[operator])


def _problem(line: Line, known: FieldSet, organization: Organization) -> str:
    if not line.operator:
        return "Say how it compares, and with what."
    try:
        criteria_of(line, known, organization)
    except Invalid as error:
        return error.message
    return ""


def problems(group: ShownGroup) -> list[str]:
    """What is wrong with the lines of a tree, from top to bottom."""
    found: list[str] = []
    for part in group.parts:
        found += problems(part) if isinstance(part, ShownGroup) else [part.problem] if part.problem else []
    return found


def finished(root: Group) -> list[str]:
    """The tokens of the tree without its unfinished lines, for the address; its join stands beside them."""
    return [token for part in root.parts for token in write(part)]


def offered(known: Iterable[Field]) -> list[tuple[str, list[Field]]]:
    """The fields under headings, for a select."""
    found: dict[str, list[Field]] = {}
    for each in known:
        found.setdefault(each.group or FAMILIES.get(each.permission, "About"), []).append(each)
    return sorted(found.items(), key=lambda family: family[0] != "About")
