"""Formulas read from text. A mistake is named with its place, and with what may have been meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet, Kind
from donors.core.formula.tree import (
    Call,
    Comparison,
    Constant,
    Expression,
    Figure,
    Formula,
    Logic,
    Reckoning,
    Today,
    Type,
    parts_of,
)

GRAMMAR = r"""
?start: either
?either: both (OR both)*
?both: denial (AND denial)*
?denial: NOT denial -> denied | comparison
?comparison: sum (COMPARED sum)?
?sum: product (ADDED product)*
?product: signed (TIMES signed)*
?signed: "-" signed -> negative | atom
?atom: NUMBER -> number
    | DATE -> date
    | NAME "(" [either ("," either)*] ")" -> call
    | NAME -> name
    | "(" either ")"

OR.2: /or\b/i
AND.2: /and\b/i
NOT.2: /not\b/i
COMPARED: "<=" | ">=" | "<>" | "!=" | "=" | "<" | ">"
ADDED: "+" | "-"
TIMES: "*" | "/"
DATE.3: /\d{4}-\d{2}-\d{2}\b/
NUMBER: /\d+(\.\d+)?|\.\d+/
NAME: /[a-z_][a-z0-9_]*/i
%ignore /\s+/
"""
LONGEST = 1000
DEEPEST = 40
MOST_FACTORS = 8
"""Products and quotients inside one another: more could leave the range of double precision."""
LARGEST = 1e12
SMALLEST = 1e-6

NUMBER, DATE, TRUTH = Type.NUMBER, Type.DATE, Type.TRUTH
TYPES: Mapping[Kind, Type] = {
    Kind.NUMBER: NUMBER,
    Kind.MONEY: NUMBER,
    Kind.MINUTES: NUMBER,
    Kind.DATE: DATE,
    Kind.BOOLEAN: TRUTH,
}
FUNCTIONS: Mapping[str, str] = {
    "if": "if(condition, then, otherwise)",
    "min": "min(a, b, …)",
    "max": "max(a, b, …)",
    "round": "round(number) or round(number, decimals from 0 to 6)",
    "abs": "abs(number)",
    "days": "days(from date, to date)",
    "or_else": "or_else(a, b where a is empty)",
    "is_empty": "is_empty(figure)",
    "today": "today()",
}
"""The functions, each as it is written."""

_LARK = Lark(GRAMMAR, parser="lalr", propagate_positions=True)


@dataclass
class InvalidFormula(Invalid):
    """A formula that cannot be read. `at` is the place of the mistake, in characters from 0."""

    at: int = 0

    def __str__(self) -> str:
        place = f" at character {self.at + 1}" if self.value else ""
        return f"{self.field}{place}: {self.problem}." + (f" {self.remedy}" if self.remedy else "")


def parse(text: str, fields: FieldSet) -> Formula:
    """The formula that a text holds, over the fields of one subject. Raises InvalidFormula."""
    if not text.strip() or len(text) > LONGEST:
        raise _fault(text, 0, "has nothing in it" if not text.strip() else f"is longer than {LONGEST} characters")
    try:
        tree = _LARK.parse(text)
    except UnexpectedInput as fault:
        raise _unexpected(text, fault) from None
    return Formula(text, _Reader(text, fields).read(tree))


def _unexpected(text: str, fault: UnexpectedInput) -> InvalidFormula:
    at = fault.pos_in_stream
    if isinstance(fault, UnexpectedCharacters) and at is not None:
        return _fault(text, at, f"“{text[at]}” has no meaning here", _hint(text[at]))
    if isinstance(fault, UnexpectedToken) and fault.token.type != "$END":
        return _fault(text, fault.token.start_pos or 0, f"“{fault.token}” was not expected", "Is an operator missing?")
    return _fault(text, len(text), "it ends too early", "Is a bracket or the last part missing?")


def _hint(sign: str) -> str:
    return "Write numbers plainly: 1000.50." if sign in "$€£'’" else "Use + - * / ( ) and the names of figures."


def _fault(text: str, at: int, problem: str, remedy: str = "") -> InvalidFormula:
    return InvalidFormula("Formula", text, problem, remedy, at)


class _Reader:
    """Makes expressions of what the grammar found, checking names, types and sizes on the way."""

    def __init__(self, text: str, fields: FieldSet) -> None:
        self._text = text
        self._fields = fields

    def read(self, tree: Tree[Token]) -> Expression:
        return self._expression(tree, 0)

    def _expression(self, tree: Tree[Token], depth: int) -> Expression:
        if depth > DEEPEST:
            raise self._fault(tree, f"is nested deeper than {DEEPEST} levels", "Make two formulas of it.")
        parts = [self._expression(part, depth + 1) for part in tree.children if isinstance(part, Tree)]
        made: Expression = getattr(self, f"_{tree.data}")(tree, parts)
        if _factors(made) > MOST_FACTORS:
            raise self._fault(tree, f"multiplies or divides more than {MOST_FACTORS} times in a row", "Split it.")
        return made

    def _fault(self, where: Tree[Token] | Token, problem: str, remedy: str = "") -> InvalidFormula:
        at = where.start_pos if isinstance(where, Token) else where.meta.start_pos
        return _fault(self._text, at or 0, problem, remedy)

    def _wanted(self, tree: Tree[Token], parts: list[Expression], *types: Type) -> None:
        """Raises when a part is of another type than all of these."""
        places = [part for part in tree.children if isinstance(part, Tree)]
        for place, part in zip(places, parts, strict=True):
            if part.type not in types:
                raise self._fault(place, f"a {types[0]} is wanted here, and this is a {part.type}")

    def _number(self, tree: Tree[Token], _parts: list[Expression]) -> Expression:
        value = float(str(tree.children[0]))
        if value and not SMALLEST <= value <= LARGEST:
            raise self._fault(tree, "is too large or too small a number", f"Stay between {SMALLEST:f} and 10^12.")
        return Constant(value)

    def _date(self, tree: Tree[Token], _parts: list[Expression]) -> Expression:
        try:
            return Constant(date.fromisoformat(str(tree.children[0])))
        except ValueError:
            raise self._fault(tree, f"“{tree.children[0]}” is not a day", "Write it like 2026-01-31.") from None

    def _name(self, tree: Tree[Token], _parts: list[Expression]) -> Expression:
        name = str(tree.children[0]).lower()
        if name == "today":
            return Today()
        field = self._fields.get(name)
        if field is None:
            near = get_close_matches(name, [each.name for each in self._fields.values() if each.kind in TYPES], n=1)
            remedy = f"Did you mean {near[0]}?" if near else "Choose one of the listed figures."
            raise self._fault(tree, f"there is no figure “{name}”", remedy)
        return Figure(name, self._type(tree, field))

    def _type(self, tree: Tree[Token], field: Field) -> Type:
        found = TYPES.get(field.kind)
        if found is None:
            remedy = "Formulas take numbers, money, hours, dates and yes-or-no fields."
            raise self._fault(tree, f"“{field.name}” is a {field.kind}", remedy)
        return found

    def _negative(self, tree: Tree[Token], parts: list[Expression]) -> Expression:
        self._wanted(tree, parts, NUMBER)
        return Reckoning("*", Constant(-1.0), parts[0])

    def _sum(self, tree: Tree[Token], parts: list[Expression]) -> Expression:
        self._wanted(tree, parts, NUMBER)
        operators = [str(token) for token in tree.children if isinstance(token, Token)]
        made = parts[0]
        for operator, part in zip(operators, parts[1:], strict=True):
            made = Reckoning(operator, made, part)
        return made

    _product = _sum

    def _comparison(self, tree: Tree[Token], parts: list[Expression]) -> Expression:
        self._wanted(tree, parts, NUMBER, DATE)
        if parts[0].type is not parts[1].type:
            raise self._fault(tree, f"a {parts[0].type} cannot be compared with a {parts[1].type}")
        operator = str(tree.children[1])
        return Comparison("<>" if operator == "!=" else operator, parts[0], parts[1])

    def _either(self, tree: Tree[Token], parts: list[Expression]) -> Expression:
        return self._logic("or", tree, parts)

    def _both(self, tree: Tree[Token], parts: list[Expression]) -> Expression:
        return self._logic("and", tree, parts)

    def _denied(self, tree: Tree[Token], parts: list[Expression]) -> Expression:
        return self._logic("not", tree, parts)

    def _logic(self, word: str, tree: Tree[Token], parts: list[Expression]) -> Expression:
        self._wanted(tree, parts, TRUTH)
        return Logic(word, tuple(parts))

    def _call(self, tree: Tree[Token], parts: list[Expression]) -> Expression:
        token = tree.children[0]
        name = str(token).lower()
        if name not in FUNCTIONS:
            remedy = f"There are {', '.join(FUNCTIONS)}."
            raise self._fault(tree, f"there is no function “{name}”", remedy)
        if name == "today" and not parts:
            return Today()
        found = _yields(name, parts)
        if found is None:
            raise self._fault(tree, f"“{name}” is used in another way", f"Write {FUNCTIONS[name]}.")
        return Call(name, tuple(parts), found)


def _yields(name: str, parts: list[Expression]) -> Type | None:
    """What a call yields; None when number or types of its arguments are wrong."""
    types = [part.type for part in parts]
    match name, types:
        case "if", [Type.TRUTH, *rest] if len(rest) == 2:
            return _alike(rest)
        case ("min" | "max", [_, _, *_]) | ("or_else", [_, _]):
            return _alike(types)
        case ("abs", [Type.NUMBER]) | ("days", [Type.DATE, Type.DATE]):
            return NUMBER
        case "round", [Type.NUMBER, *_] if _rounds(parts[1:]):
            return NUMBER
        case "is_empty", [Type.NUMBER | Type.DATE]:
            return TRUTH
    return None


def _alike(types: list[Type]) -> Type | None:
    """The type of all of them, if that is one, and a number or a date."""
    return types[0] if len(set(types)) == 1 and types[0] is not TRUTH else None


def _rounds(rest: list[Expression]) -> bool:
    match rest:
        case [] | [Constant(0.0 | 1.0 | 2.0 | 3.0 | 4.0 | 5.0 | 6.0)]:
            return True
        case _:
            return False


def _factors(expression: Expression) -> int:
    """How many products and quotients lie inside one another or side by side in one term."""
    match expression:
        case Reckoning("*" | "/", left, right):
            return _factors(left) + _factors(right) + 1
        case _:
            return max((_factors(part) for part in parts_of(expression)), default=0)
