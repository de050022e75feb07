"""What lists of dated facts have in common: their address, their years, their conditions in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from flask import Response, g, request

from donors.core.criteria.parse import compare
from donors.core.criteria.tree import All, AnyOf, Criteria, Operator
from donors.core.db import Session, separate_reading
from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet
from donors.core.paging import Paging, Part, count_pages, read_paging
from donors.web.choose import by_id
from donors.web.session import note_export
from donors.web.sheet import sheet

Sieve = TypeVar("Sieve")
Totals = TypeVar("Totals")
NOTHING = AnyOf(())


@dataclass(frozen=True)
class Asked(Generic[Sieve]):
    """A list as it was asked for. `problems` are sentences on what could not be read; such a list is empty."""

    sieve: Sieve
    paging: Paging
    known: FieldSet
    keep: dict[str, str]
    problems: tuple[str, ...]

    @property
    def narrowed(self) -> dict[str, str]:
        """The conditions that were asked, without the order."""
        return {name: value for name, value in self.keep.items() if name != "sort"}


def read_list(
    known: FieldSet,
    conditions: Mapping[str, tuple[str, Operator]],
    sieve: Callable[[Mapping[str, str], Criteria], Sieve],
    *,
    also: Sequence[str] = (),
) -> Asked[Sieve]:
    """Reads the address of this request. `conditions`: word in the address → the field that it asks by, and how.

    `sieve` makes the sieve of what is kept of the address and the conditions; `also` names further words to keep.
    """
    args = request.args
    kept = ("q", *also, *conditions, "sort")
    keep = {name: args[name].strip()[:100] for name in kept if args.get(name, "").strip()}
    problems: list[str] = []
    parts: list[Criteria] = []
    for word, (name, operator) in conditions.items():
        if word in keep:
            try:
                parts.append(compare(known.named(name), operator, keep[word], g.organization))
            except Invalid as error:
                problems.append(error.message)
    paging = read_paging(args.get("page"), "50", keep.get("sort"), fields=known)
    found = sieve(keep, NOTHING if problems else All(tuple(parts)))
    return Asked(found, paging, known, keep, tuple(problems))


def as_file(
    name: str,
    columns: Sequence[str],
    read: Callable[[Session], Asked[Sieve]],
    rows: Callable[[Session, Asked[Sieve], Sequence[Field]], Iterable[Sequence[Any]]],
) -> Response:
    """The list that an address asks for as CSV, with these fields as its columns. Leaves an audit row."""
    with separate_reading() as session:
        wanted = read(session)
        fields = [wanted.known.named(column) for column in columns]
        answer, count = sheet(name, fields, rows(session, wanted, fields))
    note_export(name, rows=count, columns=list(columns))
    return answer


@dataclass(frozen=True)
class Year(Generic[Totals]):
    """What came together during a fiscal year, up to a day."""

    label: int
    first: date
    last: date
    totals: Totals


def years(totals: Callable[[date, date], Totals]) -> tuple[Year[Totals], ...]:
    """This fiscal year so far, the last one up to the same day, and all of the last one."""
    fiscal, today = g.organization.fiscal, g.today
    label = fiscal.year_of(today)
    begun, before = fiscal.first_day(label), fiscal.first_day(label - 1)
    same_day = min(before + (today - begun), fiscal.last_day(label - 1))
    spans = ((label, begun, today), (label - 1, before, same_day), (label - 1, before, fiscal.last_day(label - 1)))
    return tuple(Year(year, first, last, totals(first, last)) for year, first, last in spans)


def chips(
    keep: Mapping[str, str], labels: Mapping[str, str], names: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str, str]]:
    """The conditions in words: the word of the address, what it asks about, and the value by its name."""
    return [
        (word, label, names.get(word, {}).get(keep[word], keep[word])) for word, label in labels.items() if word in keep
    ]


def named(session: Session, text: str) -> dict[str, str]:
    """The constituent that an address names by id, as id → name. Raises NotFound for one the viewer may not see."""
    found = by_id(session, text)
    return {} if found is None else {text: found.name}


class Counted(Protocol):
    """What tells how many rows it has on all pages."""

    @property
    def total(self) -> int: ...


Report = TypeVar("Report", bound=Counted)


def turned(read: Callable[[Part], Report], *, size: int) -> tuple[Report, int]:
    """What a report shows on the page that the address asks for, in the order asked for, and the number of that page:
    past the end it is the last one."""
    number, sort = page_number(), request.args.get("sort", "")
    found = read(Part(size, (number - 1) * size, sort))
    last = count_pages(found.total, size)
    return (found, number) if number <= last else (read(Part(size, (last - 1) * size, sort)), last)


def page_number() -> int:
    """The page that the address asks for, from 1; the first where it asks for none."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
