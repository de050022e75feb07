"""Erasing a person: an act that cannot be undone. Money, days and totals stay; names and words go, wherever they are.

What pursues the person ends by the acts that are there for it. Then rows and before-images lose their words, files and
mails to staff too, search forgets them, and their household is called by those who are left. A household of which
nobody is left is erased with its last member. Figures are those of before, to the cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, false, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import PERSON, Constituent
from donors.constituents.requests import FOLLOWED, Asked, answer, take, waiting_for
from donors.constituents.restraint import ERASURE
from donors.constituents.words import rewrite_words
from donors.core.changes import FINAL, ChangeSet
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.folding import fold
from donors.imports.forget import Known, forget_candidates, forget_lines
from donors.mail.models import Outbox
from donors.reports.models import Answer
from donors.rights.gather import Traces, numbers_of, traces
from donors.rights.held import erased_name
from donors.rights.homes import call_anew, homes_of
from donors.rights.redact import Gone, redact_acts, redact_journal, redact_rows, without
from donors.rights.signs import Signs, known_as, signs_of
from donors.rollups.dirty import reach
from donors.rollups.refresh import hold
from donors.workflows.leave_alone import Ended, leave_alone
from donors.workflows.refresh import refresh_constituents

REASON = "erased"
WORDING = (Outbox.subject, Outbox.text_body, Outbox.html_body)
"""What a mail says."""


@dataclass(frozen=True)
class Erased:
    """What an erasure did: table → rows that went or lost their words, images of the journal, lines of files, and what
    was under way and ended."""

    constituent_id: int
    rows: Mapping[str, int]
    images: int
    lines: int
    ended: Ended


def why_not_erased(row: Constituent) -> tuple[str, ...]:
    """What has to be settled before somebody can be erased; empty when nothing has."""
    reasons = (
        (row.is_unknown_giver, "This record stands for all givers who are not known."),
        (row.kind != PERSON, f"This is a {row.kind}; only a person can be erased."),
        (row.erased_on is not None, "This person was erased already."),
        (
            row.restricted_on is not None,
            "The record is restricted: the person may need it, for a claim at law. End the restriction first.",
        ),
    )
    return tuple(reason for holds, reason in reasons if holds)


def confirmed(row: Constituent, typed: str) -> None:
    """Raises Invalid unless the name of the person was typed, whatever its case and spaces."""
    if fold(" ".join(typed.split())) != fold(" ".join(row.name.split())):
        raise Invalid("confirm", typed, "is not the name of the record", f"Type {row.name} to erase this person.")


def erase(session: Session, constituent_id: int, *, on: date, within: ChangeSet) -> Erased:
    """Erases a person, by the number of now or of a record that was merged. `on` is today; `within` becomes final.

    Raises NotFound, Blocked (`why_not_erased`).
    """
    ids = numbers_of(session, constituent_id)
    hold(session, reach(session, ids).now, alone=True)
    row = session.get(Constituent, ids[0], with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("constituent", constituent_id)
    if reasons := why_not_erased(row):
        raise Blocked("Not erased", reasons)
    homes = homes_of(session, ids)
    everybody = [*ids, *homes.empty]
    ended = leave_alone(session, everybody, reason=REASON, on=on, within=within, answers=True)
    _answer(session, row, on=on, within=within)
    session.flush()
    gone = Gone(dict(_names(session, everybody)), on)
    who = _leaving(session, gone.ids)
    erased = _take_away(session, who, gone, ended, within=within)
    call_anew(session, homes, who.signs.words, within=within)
    rewrite_words(session, everybody)
    refresh_constituents(session, everybody, within=within, on=on, cause="correction")
    within.state, within.why = FINAL, ""
    session.flush()
    return erased


@dataclass(frozen=True)
class _Leaving:
    """Who is about to be erased: the number of now, all that is and was there, and by what others know them."""

    id: int
    found: Mapping[str, Traces]
    signs: Signs
    known: Known


def _leaving(session: Session, ids: Sequence[int]) -> _Leaving:
    found = traces(session, ids)
    signs = signs_of(session, found)
    return _Leaving(ids[0], found, signs, known_as(ids, found, signs))


def _names(session: Session, ids: Sequence[int]) -> list[tuple[int, str]]:
    kinds = select(Constituent.id, Constituent.kind).where(Constituent.id.in_(ids)).order_by(Constituent.id)
    return [(one, erased_name(kind, one)) for one, kind in session.execute(kinds)]


def _answer(session: Session, row: Constituent, *, on: date, within: ChangeSet) -> None:
    """The request of the register that waits is answered by it, or one is entered."""
    asked = waiting_for(session, row.id, ERASURE)
    answer(
        session, asked or take(session, row, Asked(ERASURE, on), on=on, within=within), FOLLOWED, on=on, within=within
    )


def _take_away(session: Session, who: _Leaving, gone: Gone, ended: Ended, *, within: ChangeSet) -> Erased:
    lines = forget_lines(session, who.known)
    forget_candidates(session, gone.names)
    rows = redact_rows(session, gone, who.found, within=within)
    images = redact_journal(session, gone, who.found)
    instead = gone.names[who.id]
    redact_acts(session, who.known.changes, who.signs.names, instead)
    _empty_staff_mails(session, who, instead)
    session.execute(delete(Answer))
    return Erased(who.id, rows, images, lines, ended)


def _empty_staff_mails(session: Session, who: _Leaving, instead: str) -> None:
    """Mails to staff name the person no more; those that told of a lead of theirs, whole as it came, are emptied."""
    names, texts = who.signs.names, (Outbox.to_address, *WORDING, Outbox.last_error)
    alerts = or_(false(), *(Outbox.key.startswith(f"lead/{one}/") for one in sorted(who.found["lead"].every)))
    naming = or_(false(), *(column.contains(name, autoescape=True) for column in texts for name in names))
    staff = select(Outbox, alerts).where(Outbox.constituent_id.is_(None), or_(alerts, naming))
    for mail, is_alert in session.execute(staff).all():
        for column in texts:
            text = "" if is_alert and column in WORDING else getattr(mail, column.key)
            setattr(mail, column.key, without(text, names, instead))
    session.flush()
