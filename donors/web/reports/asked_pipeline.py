"""What the address of a report on the pipeline asks: day, pipeline, officer. Lenient: addresses are typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, request

from donors.accounts.models import User
from donors.core.db import Session
from donors.core.known import KnownAt, read_instant
from donors.pipeline.models import Pipeline
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.stages import pipelines
from donors.web.past import Past, past
from donors.web.session import viewer


@dataclass(frozen=True)
class AskedPipeline:
    """The day, and which prospects or asks; with what the form of the page offers."""

    past: Past
    which: Which
    pipelines: Sequence[Pipeline]
    officers: Sequence[User]

    def known(self, session: Session) -> KnownAt | None:
        """By what was recorded. A past day is seen as it stood in the records at its end: of what is planned no row
        tells of earlier days."""
        if self.past.on < g.today and self.past.instant is None:
            return KnownAt(session, read_instant(self.past.on.isoformat(), g.organization.zone))
        return self.past.known_at(session)

    @property
    def keep(self) -> dict[str, str]:
        """The arguments that say it again."""
        chosen = {"pipeline": self.which.pipeline_id, "officer": self.which.officer_id}
        return self.past.keep | {name: str(value) for name, value in chosen.items() if value is not None}

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline that is asked for; none: all of them."""
        return next((one for one in self.pipelines if one.id == self.which.pipeline_id), None)

    @property
    def officer(self) -> str | None:
        """The name of the officer who is asked for."""
        return next((one.name for one in self.officers if one.id == self.which.officer_id), None)

    @property
    def whose(self) -> str:
        """Whose prospects these are, in words."""
        return f"{self.officer or 'everybody'}, {self.pipeline.name if self.pipeline else 'all pipelines'}"


def asked_pipeline(session: Session, *, one: bool = False) -> AskedPipeline:
    """What the address of this request asks for; `one`: of a report on one pipeline, the first unless one is named.

    What there is not falls away.
    """
    known, people = pipelines(session), officers(session)
    pipeline_id = number("pipeline", [each.id for each in known])
    if one and pipeline_id is None and known:
        pipeline_id = known[0].id
    which = Which(viewer().sees, pipeline_id, number("officer", [each.id for each in people]))
    return AskedPipeline(past(request.args), which, known, people)


def number(name: str, among: Sequence[int]) -> int | None:
    """An argument that is one of some numbers."""
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 and int(typed) in among else None


def fiscal_years(asked: AskedPipeline) -> list[int]:
    """The fiscal year of the day, and the next."""
    year = g.organization.fiscal.year_of(asked.past.on)
    return [year, year + 1]


def day_or(name: str, otherwise: date) -> tuple[date, str]:
    """A day of the address, or another one and what was wrong, in words."""
    typed = request.args.get(name, "")
    try:
        return (date.fromisoformat(typed) if typed else otherwise), ""
    except ValueError:
        return otherwise, "That is no day. Write it like 2026-09-30."
