"""The story page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.decide import listed
from donors.constituents.models import HOUSEHOLD, PERSON, Constituent, PersonRequest
from donors.constituents.queries import (
    consents_now,
    constituent,
    contact_points,
    external_ids,
    home,
    joined,
    members,
    relationships,
    salutations_of,
)
from donors.constituents.requests import in_force
from donors.constituents.restraint import OBJECTION, RESTRICTION, why_frozen, why_left_alone
from donors.core.db import Session, current_session
from donors.leads.models import SOURCES
from donors.leads.story import brought_by, leads_of
from donors.levels.reasons import standings_of
from donors.pipeline.queries.board import card
from donors.pipeline.queries.moves import moves_of, planned_of
from donors.pipeline.queries.prospects import in_charge_of, prospects_of
from donors.pipeline.queries.stages import stages
from donors.plans.queries.plans import PlanFilter, plans
from donors.plans.queries.tasks import TaskFilter, tasks
from donors.research.fields import KINDS
from donors.research.queries import ratings_now
from donors.rollups.formulas import with_parts
from donors.rollups.queries import Figure, definitions, figures_of, values_as_of
from donors.web.constituents.forms import DeceasedForm
from donors.web.constituents.rating_views import FITS
from donors.web.constituents.story import Teller, tabs, told
from donors.web.leads.way_back import ways_back
from donors.web.past import Past, past
from donors.web.session import viewer

PER_PAGE = 30
MOST_PLANS = 6
GIVING = (
    "last_365_days_total",
    "this_fiscal_year_total",
    "last_fiscal_year_total",
    "lifetime_total",
    "largest_gift",
    "gift_count",
    "first_gift_on",
    "current_streak",
    "soft_lifetime_total",
)
HOURS = ("volunteer_minutes_this_year", "volunteer_minutes", "shift_count", "last_shift_on")
CHANNEL_WORDS = {"email": "e-mail", "phone": "phone", "post": "post", "text": "texts"}


@dataclass(frozen=True)
class ToDo:
    """The one thing to do now: what, why, and the button that begins it."""

    title: str
    text: str
    label: str
    href: str


def story_page(constituent_id: int) -> str | Response:
    """The story. An id that was merged leads on to the record that it became."""
    session, seen = current_session(), viewer()
    row = constituent(session, constituent_id, sees=seen.sees)
    if row.id != constituent_id:
        return redirect(url_for(".story_page", constituent_id=row.id), 301)
    tab, number = request.args.get("show", ""), _number()
    teller = Teller(session, row, seen, g.today, g.organization.zone, number * PER_PAGE + 1)
    events = told(teller, tab)
    return render_template(
        "constituents/story.html",
        who=row,
        tab=tab,
        tabs=tabs(seen),
        number=number,
        events=events[(number - 1) * PER_PAGE : number * PER_PAGE],
        has_more=len(events) > number * PER_PAGE,
        deceased_form=DeceasedForm(),
        left_alone=why_left_alone(row),
        right=_right(session, row),
        **_head(session, row),
        **_standing(session, row),
        **_side(session, row),
    )


def _right(session: Session, row: Constituent) -> PersonRequest | None:
    """The request that says why somebody is left alone, where there is one."""
    what = RESTRICTION if row.restricted_on else OBJECTION if row.objected_on else ""
    return in_force(session, row.id, what) if what and row.erased_on is None else None


def _number() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _head(session: Session, row: Constituent) -> dict[str, Any]:
    points = contact_points(session, row.id)
    lived = home(session, row.id, on=g.today, sees=viewer().sees) if row.kind == PERSON else None
    others = []
    if lived is not None:
        here = members(session, lived.household.id, on=g.today, sees=viewer().sees)
        others = [one.person.given_name or one.person.name for one in here if one.person.id != row.id]
    return {
        "home": lived.household if lived else None,
        "others": listed(others),
        "points": points,
        "place": next((one for one in points.addresses if one.is_primary), None),
        "consent": consent_words(session, row, on=g.today),
    }


def consent_words(session: Session, row: Constituent, *, on: date) -> str:
    """What somebody said about channels, in one phrase: `e-mail and phone allowed, no texts`."""
    if row.do_not_contact or why_frozen(row):
        return "no contact at all"
    said = consents_now(session, row.id, on=on)
    yes = [CHANNEL_WORDS[channel] for channel, one in said.items() if one.granted and channel in CHANNEL_WORDS]
    no = [f"no {CHANNEL_WORDS[channel]}" for channel, one in said.items() if not one.granted]
    return ", ".join(part for part in (f"{listed(sorted(yes))} allowed" if yes else "", *sorted(no)) if part)


def _standing(session: Session, row: Constituent) -> dict[str, Any]:
    seen = viewer()
    found: dict[str, Any] = {"levels": [], "card": None, "stages": [], "officers": [], "planned": [], "to_do": None}
    found |= {"held": {}, "fits": FITS, "kinds": KINDS}
    if seen.may("levels.read"):
        found["levels"] = standings_of(session, row.id, on=g.today)
    if not seen.may("pipeline.read"):
        return found
    stands = [one for one in prospects_of(session, row.id, sees=seen.sees) if one.prospect.is_active]
    if stands:
        found["card"] = card(session, stands[0].prospect.id, on=g.today, sees=seen.sees)
        found["stages"] = stages(session, stands[0].pipeline.id)
    found["officers"] = [one for one in in_charge_of(session, row.id) if one.assignment.to_on is None]
    found["planned"] = planned_of(session, row.id, sees=seen.sees)
    found["last_move"] = next(iter(moves_of(session, row.id, sees=seen.sees, limit=1)), None)
    found["held"] = ratings_now(session, row.id)
    found["to_do"] = _to_do(session, row, found)
    return found


def _to_do(session: Session, row: Constituent, found: dict[str, Any]) -> ToDo | None:
    """A move or task that is due, else a prospect without a next move."""
    if row.is_deceased or row.do_not_contact or why_left_alone(row) or not viewer().may("pipeline.write"):
        return None
    planned = next((one for one in found["planned"] if one.move.due_on and one.move.due_on <= g.today), None)
    if planned is not None:
        href = url_for("pipeline.log", constituent=row.id, move=planned.move.id)
        return ToDo(planned.move.purpose, _late(planned.move.due_on), "Call report", href)
    due = TaskFilter("due", constituent_id=row.id)
    line = next(iter(tasks(session, due, on=g.today, sees=viewer().sees, limit=1)), None)
    if line is not None:
        href = url_for("plans.task_page", task_id=line.task.id)
        return ToDo(line.task.subject, _late(line.task.due_on), "Open the task", href)
    if found["card"] is not None and not found["planned"]:
        href = url_for("pipeline.plan", constituent=row.id)
        return ToDo("Plan the next move", "This prospect has none.", "Plan a move", href)
    return None


def _late(due: date) -> str:
    days = (g.today - due).days
    return "Due today." if days == 0 else f"Due {days} day{'s' if days > 1 else ''} ago."


def _side(session: Session, row: Constituent) -> dict[str, Any]:
    seen, then = viewer(), past(request.args)
    came = leads_of(session, row.id, sees=seen.sees) if seen.may("leads.read") else ()
    figures = _figures(session, row.id, then)
    at_home = members(session, row.id, on=g.today, sees=seen.sees) if row.kind == HOUSEHOLD else []
    return {
        "giving": [figures[key] for key in GIVING if key in figures] if seen.may("giving.read") else [],
        "hours": [figures[key] for key in HOURS if key in figures] if seen.may("volunteering.read") else [],
        "ties": relationships(session, row.id, sees=seen.sees),
        "members": at_home,
        "salutations": salutations_of(session, row, sees=seen.sees),
        "external": external_ids(session, row.id),
        "joined": joined(session, row.id) if seen.may("constituents.write") else [],
        "past": then,
        "came_as": came,
        "ways_back": ways_back(session, [one.lead.id for one in came]),
        "brought": brought_by(session, row.id, sees=seen.sees) if seen.may("leads.read") else (),
        "lead_sources": SOURCES,
        "running": plans(session, PlanFilter(constituent_id=row.id), sees=seen.sees, limit=MOST_PLANS)
        if seen.may("plans.read")
        else [],
    }


def _figures(session: Session, constituent_id: int, then: Past) -> dict[str, Figure]:
    """The figures of now as they are stored, those of the past from the facts."""
    if not then.is_past:
        return figures_of(session, constituent_id)
    every = definitions(session)
    chosen = with_parts([one for one in every if one.key in (*GIVING, *HOURS)], every)
    found = values_as_of(session, [constituent_id], on=then.on, known=chosen, known_at=then.known_at(session))
    return {one.key: Figure(one, found.get(constituent_id, {}).get(one.key)) for one in chosen}
