"""How the whole house fares: what reports check of figures and books, with jobs, imports and mail beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.imports.models import APPLIED, BUSY, FAILED, FileImport
from donors.jobs.materialize import place
from donors.jobs.pulse import SILENT_FOR
from donors.jobs.queries import JobLine, job_lines, leader
from donors.jobs.schedule import SCHEDULE
from donors.jobs.scheduler import LEADER
from donors.mail.queries import outbox_line
from donors.plans.models import STARTING, RunningPlan
from donors.reports import checks
from donors.reports.answers import Memory
from donors.reports.checks import Check, JobState, Told, Waiting
from donors.reports.reconcile import batches, books, track_states
from donors.reports.trust import trust

NEWEST = 50
"""So many imports are looked at."""

Groups = Mapping[str, tuple[Check, ...]]


@dataclass(frozen=True)
class Health:
    """All checks by what they are about, in the order in which pages show them."""

    at: datetime
    groups: Groups

    @property
    def all(self) -> tuple[Check, ...]:
        """Every check."""
        return tuple(check for group in self.groups.values() for check in group)

    @property
    def light(self) -> str:
        """The light of all together."""
        return checks.worst(self.all)


def health(session: Session, *, at: datetime, memory: Memory | None = None) -> Health:
    """Looks at everything that figures hang on."""
    lines = job_lines(session, SCHEDULE, at=at, place=place(session))
    lease = leader(session, LEADER)
    alive = lease is not None and lease.until > at - SILENT_FOR
    verified = next((line.last_success for line in lines if line.name == "verify"), None)
    told = list(_told(session))
    written = batches(session, [one.change_set_id for one in told])
    groups = {
        "Figures": checks.figures_check(trust(session), at=at, verified=verified),
        "Books": (*checks.books_check(books(session, memory=memory)), checks.batch_check(told, written)),
        "Levels": tuple(checks.track_checks(track_states(session, memory=memory))),
        "What waits": tuple(checks.waiting_checks(_waiting(session))),
        "Jobs": tuple(checks.job_checks(map(_state, lines), at=at, alive=alive)),
    }
    return Health(at, groups)


def _state(line: JobLine) -> JobState:
    return JobState(line.name, line.last_success, bool(line.failed_runs or line.failures), waits=not line.periodic)


def _told(session: Session) -> Iterator[Told]:
    """The newest imports of gifts that are applied, with what they said that they wrote."""
    wanted = select(FileImport).where(FileImport.kind == "gifts", FileImport.state == APPLIED)
    for one in session.scalars(wanted.order_by(FileImport.id.desc()).limit(NEWEST)):
        if one.applied_in is not None and "amount" in one.counts:
            rows = sum(one.counts.get(word, 0) for word in ("new", "matched", "unknown"))
            yield Told(one.id, one.name, one.applied_in, rows, one.counts["amount"])


def _waiting(session: Session) -> Iterator[Waiting]:
    mails = outbox_line(session)
    yield Waiting("mails", mails.waiting, mails.dead)
    plans = select(func.count()).select_from(RunningPlan).where(RunningPlan.state == STARTING)
    yield Waiting("plans", session.scalar(plans) or 0, 0)
    states = (
        select(func.count()).select_from(FileImport).where(FileImport.state.in_(some)) for some in (BUSY, [FAILED])
    )
    busy, failed = (session.scalar(each) or 0 for each in states)
    yield Waiting("imports", busy, failed)
