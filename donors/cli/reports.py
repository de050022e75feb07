"""`flask report`: reports as CSV or JSON on the standard output."""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from donors.accounts.visible import EVERYTHING
from donors.cli.past import days_asked
from donors.core.clock import local_date, now
from donors.core.db import Session, current_session
from donors.core.paging import Paging, Sort
from donors.core.settings import organization
from donors.jobs.health import health
from donors.levels.ladders import Ladder, ladders
from donors.levels.then import NOW, RULES, THEN, ladder_of_days
from donors.plans.queries.templates import templates
from donors.reports.edge_rows import FALLING, NEAR, EdgesQuestion, can_fall
from donors.reports.edges import all_edges
from donors.reports.gains import gains
from donors.reports.giver_list import Whom, all_givers
from donors.reports.givers import HOUSEHOLD, PERSON, GiversQuestion, years_of
from donors.reports.levels import level_report
from donors.reports.movement import movement
from donors.reports.plain.checks import check_document, check_rows
from donors.reports.plain.edges import edge_rows, edges_document
from donors.reports.plain.gains import gains_document, gains_rows
from donors.reports.plain.givers import giver_document, giver_rows
from donors.reports.plain.levels import document, rows
from donors.reports.plain.movement import movement_document, movement_rows
from donors.reports.plain.plan_effect import effect_document, effect_rows
from donors.reports.plain.retention import retention_document, retention_rows
from donors.reports.plain.values import Row
from donors.reports.plan_effect import EffectQuestion, plan_effect
from donors.reports.retention import Retention, by_level, retention
from donors.reports.stands import Question
from donors.reports.years import By, year_before

report = AppGroup("report", help="Reports as CSV or JSON.")
DAY = click.DateTime(["%Y-%m-%d"])
Command = Callable[..., Any]

as_of_option = click.option("--as-of", type=DAY, help="The day of the report; today if not given.")
known_at_option = click.option("--known-at", help="By facts recorded up to the end of that day, or to an instant.")
since_option = click.option("--since", type=DAY, help="Another day to compare with.")
track_option = click.option("--track", help="The name of the track; the first one if not given.")
rules_option = click.option("--rules", type=click.Choice(RULES), default=NOW, help="The rules of now, or of each day.")
format_option = click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
by_option = click.option("--by", type=click.Choice([by.value for by in By]), default="calendar", help="What a year is.")
unit_option = click.option("--unit", type=click.Choice([PERSON, HOUSEHOLD]), default=PERSON, help="What counts once.")
year_option = click.option("--year", help="The year by its name; the last one that is over if not given.")
soft_option = click.option("--soft-credit", "soft", is_flag=True, help="Soft credit counts too.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    add_reports(app)


def add_reports(app: Flask) -> None:
    """Adds `flask report`, whichever modules add their commands to it."""
    if report.name not in app.cli.commands:
        app.cli.add_command(report)


@report.command("levels")
@as_of_option
@known_at_option
@since_option
@track_option
@rules_option
@format_option
@with_appcontext
def levels(
    as_of: datetime | None, known_at: str | None, since: datetime | None, track: str | None, rules: str, form: str
) -> None:
    """People and money by level on a day, recomputed from the facts."""
    session = current_session()
    settings = organization(session)
    on, known = _days(session, as_of, known_at)
    asked = replace(_between(session, track, on, since.date() if since else on, rules), known=known)
    found = level_report(session, asked, today=_today(session))
    compared = since is not None
    printed(form, rows(found, settings, compared=compared), lambda: document(found, settings, compared=compared))


@report.command("movement")
@as_of_option
@known_at_option
@since_option
@track_option
@rules_option
@format_option
@with_appcontext
def movement_command(
    as_of: datetime | None, known_at: str | None, since: datetime | None, track: str | None, rules: str, form: str
) -> None:
    """Who went from which level to which between two days (a year, if --since is not given), and by what cause."""
    session = current_session()
    settings = organization(session)
    on, known = _days(session, as_of, known_at)
    asked = replace(_between(session, track, on, since.date() if since else year_before(on), rules), known=known)
    found = movement(session, asked)
    printed(form, movement_rows(found, settings), lambda: movement_document(found, settings))


@report.command("edges")
@as_of_option
@track_option
@click.option("--percent", type=click.IntRange(1, 100), default=10, help="Near lacks at most so much of a minimum.")
@click.option("--days", type=click.IntRange(1, 366), default=90, help="A fall is told so long before.")
@format_option
@with_appcontext
def edges_command(as_of: datetime | None, track: str | None, percent: int, days: int, form: str) -> None:
    """Who lacks little to a higher level, and who will fall soon by time alone; the most at stake first."""
    session = current_session()
    on = day_asked(session, as_of)
    asked = EdgesQuestion(Question(_ladder(ladders(session), track), on, on, EVERYTHING), percent, days)
    order = Paging(sort=(Sort("stake", descending=True),))
    rows = [
        row
        for which in ((NEAR, FALLING) if can_fall(session, asked) else (NEAR,))
        for row in edge_rows(all_edges(session, asked, which, order), which, asked, organization(session))
    ]
    printed(form, rows, lambda: edges_document(asked, rows))


@report.command("retention")
@as_of_option
@by_option
@unit_option
@soft_option
@format_option
@with_appcontext
def retention_command(as_of: datetime | None, by: str, unit: str, soft: bool, form: str) -> None:
    """Of those who gave in a year, how many gave in the next: a row for each year."""
    session = current_session()
    settings = organization(session)
    found = retention(session, _givers(session, as_of, by, unit, soft))
    printed(
        form, retention_rows(found, settings), lambda: retention_document(found, _by_level(session, found), settings)
    )


@report.command("gains")
@as_of_option
@by_option
@unit_option
@soft_option
@year_option
@format_option
@with_appcontext
def gains_command(as_of: datetime | None, by: str, unit: str, soft: bool, year: str | None, form: str) -> None:
    """New, recaptured, upgraded, downgraded and lapsed givers of a year: people and money."""
    session = current_session()
    settings = organization(session)
    found = gains(session, _givers(session, as_of, by, unit, soft))
    line = found.line(year or "")
    if line is None or (year and line.year.name != year):
        raise click.BadParameter(f"There is no such year. Years: {', '.join(one.year.name for one in found.lines)}.")
    printed(form, gains_rows(line, settings), lambda: gains_document(found, line, settings))


@report.command("lybunt")
@as_of_option
@by_option
@unit_option
@soft_option
@click.option("--sybunt", is_flag=True, help="Those who gave before last year instead.")
@format_option
@with_appcontext
def lybunt_command(as_of: datetime | None, by: str, unit: str, soft: bool, sybunt: bool, form: str) -> None:
    """Who gave last year but not this; with --sybunt some year before that, neither last year nor this."""
    session = current_session()
    asked = _givers(session, as_of, by, unit, soft)
    known = years_of(session, asked)
    whom = Whom("sybunt" if sybunt else "lybunt", known[-1])
    order = Paging(sort=(Sort("last" if not sybunt else "last_on", descending=True),))
    rows = giver_rows(all_givers(session, asked, whom, order), known, organization(session))
    printed(form, rows, lambda: giver_document(asked, whom, rows) | {"report": whom.which})


@report.command("plans")
@as_of_option
@since_option
@click.option("--template", help="The name of the template; the one with the most plans if not given.")
@click.option("--days", type=click.IntRange(1, 3650), default=90, help="Gifts count within so many days.")
@format_option
@with_appcontext
def plans_command(as_of: datetime | None, since: datetime | None, template: str | None, days: int, form: str) -> None:
    """How far plans of a template come, whether they are on time, and who gave, beside those held out."""
    session = current_session()
    known = sorted(templates(session), key=lambda line: -(line.running + line.ended))
    chosen = next((line for line in known if template in (None, line.name)), None)
    if chosen is None:
        raise click.BadParameter(f"There is no such template. Templates: {', '.join(line.name for line in known)}.")
    on = day_asked(session, as_of)
    first = since.date() if since else on - timedelta(days=730)
    found = plan_effect(session, EffectQuestion(chosen.id, first, on, days, EVERYTHING))
    settings = organization(session)
    printed(form, effect_rows(found, settings), lambda: effect_document(found, chosen.name, settings))


@report.command("trust")
@as_of_option
@format_option
@with_appcontext
def trust_command(as_of: datetime | None, form: str) -> None:
    """Whether the figures may be published: figures, books, imports, levels and jobs, each with a light.

    It speaks of this moment, whatever the day: what is stored now is what can be checked.
    """
    session, at = current_session(), now()
    if as_of is not None and as_of.date() != _today(session):
        click.echo("What is stored is checked as it is now, not as of another day.", err=True)
    found = health(session, at=at)
    printed(form, check_rows(found.groups), lambda: check_document(found.groups, found.light, at.isoformat()))


def _by_level(session: Session, found: Retention) -> Any:
    tracks = ladders(session)
    return by_level(session, found.asked, found.last, tracks[0]) if found.last and tracks else ()


def _givers(session: Session, as_of: datetime | None, by: str, unit: str, soft: bool) -> GiversQuestion:
    return GiversQuestion(By(by), day_asked(session, as_of), unit, soft, EVERYTHING)


def _today(session: Session) -> date:
    return local_date(now(), organization(session).zone)


def _days(session: Session, as_of: datetime | None, known_at: str | None) -> tuple[date, datetime | None]:
    """The day of a report, and what was known."""
    on, known = days_asked(as_of, known_at, organization(session).zone)
    return on or _today(session), known


def day_asked(session: Session, as_of: datetime | None) -> date:
    """The day of a report: the one that was given, or today."""
    return as_of.date() if as_of else _today(session)


def printed(form: str, lines: Sequence[Row], whole: Callable[[], Row]) -> None:
    """The rows as CSV, or the whole report as JSON."""
    if form == "json":
        click.echo(json.dumps(whole(), indent=2))
        return
    writer = csv.DictWriter(sys.stdout, list(lines[0]) if lines else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)


def _between(session: Session, track: str | None, on: date, earlier: date, rules: str) -> Question:
    if earlier > on:
        raise click.BadParameter("--since must not be after --as-of.")
    return _question(session, track, on, earlier, rules)


def _question(session: Session, track: str | None, on: date, since: date, rules: str) -> Question:
    now = _ladder(ladders(session), track)
    chosen = ladder_of_days(session, now, (since, on)) if rules == THEN else now
    return Question(chosen, on, since, EVERYTHING, rules=rules)


def _ladder(known: tuple[Ladder, ...], name: str | None) -> Ladder:
    found = [one for one in known if name is None or one.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(one.name for one in known) or "none yet"
        raise click.BadParameter(f"There is no track {name or ''}. Tracks: {names}.")
    return found[0]
