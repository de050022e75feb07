"""The verdict on each row of a part: what it would become, or became, and why not."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.core.errors import Invalid
from donors.imports import givers, queries
from donors.imports.check import Checker, Plan
from donors.imports.facts import Facts, Giver, LeadFacts
from donors.imports.fields import CONSTITUENTS, label_of
from donors.imports.givers import Match, Memory, match
from donors.imports.parse import Fault, Row, fault, fault_of

NEW, MATCHED, UNKNOWN, SAME, DIFFERS, LIKELY = "new", "matched", "unknown", "same", "differs", "likely"
BAD, UPDATED, LEFT = "bad", "updated", "left"
BY_SIGNS = (givers.BY_EMAIL, givers.BY_PLACE)
WRITTEN = (NEW, MATCHED, UNKNOWN)
"""Verdicts on rows that are written."""

VERDICTS = (NEW, MATCHED, UNKNOWN, SAME, UPDATED, DIFFERS, LIKELY, LEFT, BAD)
ASKS = (BAD, LIKELY, DIFFERS, LEFT)
"""Verdicts on rows that ask for a person."""


class Books(Protocol):
    """What a kind of import writes to: gifts, shifts, or constituents themselves."""

    def known(self, session: Session, keys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Key → the row that is there already, for external ids and fingerprints."""

    def known_people(self, session: Session, found: Mapping[Giver, Match]) -> dict[Giver, Any]:
        """Giver → the row that is there already, where the givers themselves are what is imported."""

    def prepare(self, session: Session, facts: Sequence[Facts]) -> None:
        """Looks up what the rows of a part name."""

    def differences(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """In which fields a row that is there already says something else."""

    def left(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """In which fields the file says something else of a row that is there already and stays as it is."""

    def fault(self, facts: Facts, memory: Memory) -> Fault | None:
        """Why a sound row that is not there yet cannot go in, by what else is there; mostly nothing."""

    def same_content(self, facts: Facts) -> Any:
        """What two rows of one key must have in common."""


@dataclass(slots=True)
class Judged:
    """A row with its verdict. `decision` is what a person said: new, update, leave, or a constituent's id."""

    line: int
    cells: list[str]
    verdict: str = BAD
    facts: Facts | None = None
    key: str = ""
    constituent_id: int | None = None
    target_id: int | None = None
    problem: Fault | None = None
    decision: str | None = None
    known: Any = None
    how: str = ""

    @property
    def writes(self) -> bool:
        """Whether the row is written as it stands."""
        return self.verdict in WRITTEN and self.target_id is None

    @property
    def giver(self) -> Giver:
        """Who the row is about."""
        if self.facts is None:
            raise ValueError("a bad row is about nobody")
        return self.facts.giver


@dataclass
class Desk:
    """What one process needs at hand to work on one import."""

    plan: Plan
    checker: Checker
    books: Books
    sees: Sight
    headers: Mapping[str, str]
    update: bool = False
    likely: str = "ask"
    memory: Memory = field(default_factory=Memory)

    def remember(self, cells: list[str], verdict: Sequence[Any], *, applied: bool) -> None:
        """Takes into memory a row that was judged before, perhaps by another process."""
        facts = self.checker.facts(cells)
        key = _key(self, facts)
        if not applied and verdict[1] in WRITTEN:
            self.memory.keys[key] = self.books.same_content(facts)
        if verdict[1] == NEW:
            self.memory.people[facts.giver.sign] = verdict[2] or 0
            self.memory.meet(facts.giver, verdict[0])

    def remember_person(self, cells: list[str], verdict: Sequence[Any]) -> None:
        """Takes into memory whom a row has made."""
        self.memory.people[self.checker.facts(cells).giver.sign] = verdict[2]


def judge(session: Session, desk: Desk, rows: Sequence[Row], decisions: Mapping[int, str]) -> list[Judged]:
    """The verdicts on some rows of a file, in order. Writes nothing."""
    decided = _standing(session, decisions)
    judged = [_checked(desk, row, decided.get(row[0])) for row in rows]
    sound = [one for one in judged if one.facts is not None]
    for one in sound:
        one.key = _key(desk, one.facts)
    ids = [one.key for one in sound if one.facts and one.facts.external_id]
    prints = [one.key for one in sound if one.facts and not one.facts.external_id]
    known = desk.books.known(session, {"external_id": ids, "fingerprint": prints})
    facts = [one.facts for one in sound if one.facts is not None]
    desk.books.prepare(session, facts)
    found = match(session, {one.giver for one in sound}, source=desk.plan.source, memory=desk.memory, sees=desk.sees)
    people = desk.books.known_people(session, found)
    for one in sound:
        _give_verdict(desk, one, known.get(one.key) or people.get(one.giver), found[one.giver])
    return judged


def _standing(session: Session, decisions: Mapping[int, str]) -> dict[int, str]:
    """Decisions that still hold: who was merged since is who they are now, and about who was removed we ask again."""
    chosen = {int(decision) for decision in decisions.values() if decision.isdecimal()}
    now = queries.living_ids(session, chosen) if chosen else {}
    told = {line: str(now.get(int(one), "")) if one.isdecimal() else one for line, one in decisions.items()}
    return {line: one for line, one in told.items() if one}


def _checked(desk: Desk, row: Row, decision: str | None) -> Judged:
    line, cells, known = row
    if known is not None:
        return Judged(line, cells, problem=known, decision=decision)
    try:
        return Judged(line, cells, facts=desk.checker.facts(cells), decision=decision)
    except Invalid as error:
        told = fault_of(error)
        told["field"] = desk.headers.get(error.field, error.field)
        return Judged(line, cells, problem=told, decision=decision)


def _key(desk: Desk, facts: Facts | None) -> str:
    """The row's id, or else its fingerprint with a number: two equal rows in a file are two."""
    if facts is None or facts.external_id:
        return facts.external_id if facts else ""
    content = repr((facts.giver.sign, *facts[2:]))
    print_ = hashlib.sha256(content.encode()).hexdigest()[:24]
    memory = desk.memory
    memory.put(memory.repeated, print_, memory.repeated.get(print_, 0) + 1)
    return f"{print_}#{memory.repeated[print_]}"


def _give_verdict(desk: Desk, one: Judged, known: Any, found: Match) -> None:
    if one.facts is None:
        return
    one.constituent_id, one.how, one.known = found.constituent_id, found.how, known
    met = desk.memory.keys.get(one.key)
    if known is not None:
        _compare(desk, one, desk.books.differences(one.facts, known, found), known.id)
        _attach(desk, one, found)
        left = desk.books.left(one.facts, known, found) if one.verdict in (SAME, MATCHED) else []
        one.problem = {"left": left} if left else one.problem
    elif met is not None and found.how != givers.GONE:
        same = met == desk.books.same_content(one.facts)
        _compare(desk, one, [] if same else ["a row above with the same id"], None)
    elif found.how == givers.GONE:
        remedy = "Restore them first, or leave the row out."
        refuse(one, fault(giver_label(desk), one.giver.shown, "belongs to somebody who was removed", remedy))
    else:
        _place(desk, one, found)
        if one.verdict in WRITTEN:
            desk.memory.put(desk.memory.keys, one.key, desk.books.same_content(one.facts))


def _place(desk: Desk, one: Judged, found: Match) -> None:
    """The verdict on a row that is not there yet: by who it is about, and by what was decided."""
    one.verdict = MATCHED
    problem = desk.books.fault(one.facts, desk.memory) if one.facts else None
    if problem is not None:
        refuse(one, problem)
    elif isinstance(one.facts, LeadFacts):
        one.verdict = NEW
    elif found.how == givers.NOBODY:
        one.verdict = UNKNOWN
    elif found.how == givers.NEW:
        _welcome(desk, one)
    elif found.how == givers.LIKELY:
        _ask(desk, one, found)


def _welcome(desk: Desk, one: Judged) -> None:
    """New, unless a row above has made the same person new already."""
    if one.giver.sign in desk.memory.people:
        one.constituent_id = desk.memory.people[one.giver.sign] or None
        one.verdict = MATCHED
        return
    desk.memory.put(desk.memory.people, one.giver.sign, 0)
    above = desk.memory.meet(one.giver, one.line)
    one.verdict, one.problem = NEW, None if above is None else {"above": above}


def _ask(desk: Desk, one: Judged, found: Match) -> None:
    decision = one.decision or {"new": "new", "best": str(found.candidates[0]["id"])}.get(desk.likely)
    if decision == "new":
        _welcome(desk, one)
    elif decision == "leave":
        one.verdict, one.problem = LEFT, {"candidates": list(found.candidates), "name": one.giver.shown}
    elif decision is not None and decision.isdecimal():
        one.constituent_id, one.verdict = int(decision), MATCHED
    else:
        one.verdict = LIKELY
        one.problem = {"candidates": list(found.candidates), "name": one.giver.shown, "sign": list(one.giver.sign)}


def _compare(desk: Desk, one: Judged, differences: list[str], target_id: int | None) -> None:
    one.target_id = target_id
    if not differences:
        one.verdict = SAME
        return
    one.verdict = UPDATED if target_id and (desk.update or one.decision == "update") else DIFFERS
    what = ", ".join(differences)
    told = fault("row", one.key, f"is here already, with another {what}", "Update it from the file, or leave it.")
    one.problem = told | {"differences": differences}
    if one.decision == "leave":
        one.verdict = LEFT


def _attach(desk: Desk, one: Judged, found: Match) -> None:
    """Somebody found by e-mail or place gets the id of the file: that is what is written about them."""
    if desk.plan.kind == CONSTITUENTS and one.facts and one.facts.external_id and found.how in BY_SIGNS:
        one.verdict, one.target_id = MATCHED, None


def refuse(one: Judged, problem: Fault) -> None:
    """Leaves a row out, and says why."""
    one.verdict, one.problem = BAD, problem


def giver_label(desk: Desk) -> str:
    """What the file calls the giver's id."""
    return desk.headers.get("giver_external_id", label_of(desk.plan.kind, "giver_external_id"))
