"""The list of rollups as it was asked for: found by words, narrowed, sorted and cut. A few hundred at most."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donors.core.paging import count_pages
from donors.reports.uses import Use
from donors.rollups.definition import Definition, Source

SIZE = 40
SOURCES = {
    Source.HARD: "Gifts by hard credit",
    Source.SOFT: "Gifts by soft credit",
    Source.CREDIT: "Gifts by hard or soft credit",
    Source.ALLOCATIONS: "Allocations to funds",
    Source.SHIFTS: "Volunteer shifts",
    Source.MOVES: "Moves",
    Source.FORMULA: "Formulas over other figures",
}
STATES = {"active": "In use", "off": "Switched off", "all": "All"}


@dataclass(frozen=True)
class Entry:
    """A rollup in the list: its definition, whether it is on, its sentence, what stands on it, and its faults."""

    one: Definition
    active: bool
    sentence: str
    use: Use
    faults: int
    sortable: bool


@dataclass(frozen=True)
class Asked:
    """What of the list somebody asks for, as the address says it."""

    text: str = ""
    source: str = ""
    state: str = "active"
    sort: str = ""
    page: int = 1


@dataclass(frozen=True)
class Found:
    """One page of the list. `page` is the page shown: past the end it is the last one."""

    rows: tuple[Entry, ...]
    total: int
    page: int


SORTS: Mapping[str, Callable[[Entry], Any]] = {
    "label": lambda entry: entry.one.label.casefold(),
    "source": lambda entry: list(Source).index(entry.one.source),
    "frame": lambda entry: str(entry.one.frame),
    "used": lambda entry: len(entry.use.tracks) + len(entry.use.formulas),
    "faults": lambda entry: entry.faults,
}


def asked(address: Mapping[str, str]) -> Asked:
    """Reads the address; what makes no sense is passed over."""
    state, sort, page = address.get("state", ""), address.get("sort", ""), address.get("page", "")
    source = address.get("source", "")
    return Asked(
        text=address.get("q", "").strip()[:100],
        source=source if source in list(Source) else "",
        state=state if state in STATES else "active",
        sort=sort if sort.removeprefix("-") in SORTS else "",
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 5 else 1,
    )


def find(entries: Sequence[Entry], wanted: Asked) -> Found:
    """The page that is asked for; without an order under the headings of their sources, each in its own order."""
    kept = [entry for entry in entries if _answers(entry, wanted)]
    kept.sort(key=SORTS["source"])
    if wanted.sort:
        kept.sort(key=SORTS[wanted.sort.removeprefix("-")], reverse=wanted.sort.startswith("-"))
    page = min(max(wanted.page, 1), count_pages(len(kept), SIZE))
    return Found(tuple(kept[(page - 1) * SIZE : page * SIZE]), len(kept), page)


def _answers(entry: Entry, wanted: Asked) -> bool:
    if wanted.state != "all" and entry.active is not (wanted.state == "active"):
        return False
    if wanted.source and entry.one.source != wanted.source:
        return False
    said = f"{entry.one.label} {entry.one.key} {entry.one.description} {entry.sentence}".casefold()
    return all(word in said for word in wanted.text.casefold().split())
