"""What commands of reports on the pipeline take: the day, a pipeline and an officer."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click

from donors.accounts.visible import EVERYTHING
from donors.cli.past import days_asked
from donors.cli.reports import as_of_option, day_asked, format_option, report
from donors.core.db import Session
from donors.core.known import KnownAt, read_instant
from donors.core.settings import organization
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.stages import pipelines

Command = Callable[..., Any]

pipeline_option = click.option("--pipeline", help="The name of the pipeline; all of them if not given.")
officer_option = click.option("--officer", help="The mail address of the officer; everybody if not given.")


def pipeline_report(name: str, *more: Command) -> Callable[[Command], Command]:
    """Makes a function a command of `flask report` that takes `as_of`, `pipeline`, `officer` and `form` besides more
    options."""

    def made(command: Command) -> Command:
        for option in (format_option, officer_option, pipeline_option, *reversed(more), as_of_option):
            command = option(command)
        return report.command(name)(command)

    return made


def which_asked(session: Session, pipeline: str | None, officer: str | None) -> Which:
    """Which asks or prospects a command is about. Raises BadParameter for what there is not."""
    pipeline_id = officer_id = None
    if pipeline is not None:
        known = {one.name.casefold(): one.id for one in pipelines(session)}
        pipeline_id = known.get(pipeline.casefold())
        if pipeline_id is None:
            raise click.BadParameter(f"There is no such pipeline. Pipelines: {', '.join(known)}.")
    if officer is not None:
        people = {one.email.casefold(): one.id for one in officers(session)}
        officer_id = people.get(officer.casefold())
        if officer_id is None:
            raise click.BadParameter(f"There is no such officer. Officers: {', '.join(people)}.")
    return Which(EVERYTHING, pipeline_id, officer_id)


def whose(officer: str | None, pipeline: str | None, *, otherwise: str = "all pipelines") -> str:
    """Whose prospects or asks a command was asked for, in words."""
    return f"{officer or 'everybody'}, {pipeline or otherwise}"


def known_asked(session: Session, as_of: datetime | None, known_at: str | None) -> tuple[date, KnownAt | None]:
    """The day of a report, and by what was known."""
    day, known = days_asked(as_of, known_at, organization(session).zone)
    return day or day_asked(session, None), None if known is None else KnownAt(session, known)


def recorded_asked(
    session: Session, as_of: datetime | None, known_at: str | None = None
) -> tuple[date, KnownAt | None]:
    """The same for reports on what is planned: a past day is seen as it stood in the records at its end."""
    on, known = known_asked(session, as_of, known_at)
    if known is None and on < day_asked(session, None):
        known = KnownAt(session, read_instant(on.isoformat(), organization(session).zone))
    return on, known
