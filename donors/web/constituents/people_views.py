"""Households and relationships: who lives with whom, who is what to whom."""

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.constituents.models import HOUSEHOLD, Constituent
from donors.constituents.queries import constituent, homes, members, past_members, reached, relationships
from donors.constituents.search import search
from donors.constituents.spans import Span
from donors.constituents.ties import Tie, change_tie, relate
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Invalid, NotFound
from donors.web.answer import done
from donors.web.choose import by_id
from donors.web.constituents.forms import KINDS_OF_TIES, StayForm, TieForm
from donors.web.forms import refuse, typed
from donors.web.session import viewer, web_act
from donors.workflows.household import NewStay, join_household, leave_household, move_house

Page = str | Response | tuple[str, int]
Candidates = list[tuple[int, str, str]]


def people(constituent_id: int) -> Page:
    """The people around somebody."""
    return _page(constituent(current_session(), constituent_id, sees=viewer().sees))


def tie(constituent_id: int) -> Page:
    """Notes a relationship."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    form = TieForm(request.form)
    other, candidates = _meant()
    if form.validate() and other is not None:
        told = Tie(typed(form.kind), "", form.from_on.data, form.to_on.data, typed(form.tie_note))
        try:
            within = open_change(session, "constituent.relate", act=web_act())
            relate(session, other, row, tie=told, within=within)
            return done(within, url_for(".people", constituent_id=row.id), f"{other.name} is noted.")
        except Invalid as error:
            field = {"relationship": "kind", "until": "to_on"}.get(error.field, error.field)
            refuse(form, Invalid(field, error.value, error.problem, error.remedy))
    _ask_who(form, other)
    return _page(row, tie_form=form, tie_candidates=candidates), 422


def untie(constituent_id: int, tie_id: int) -> Page:
    """Ends a relationship today."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    known = next((one.tie for one in relationships(session, row.id, sees=viewer().sees) if one.tie.id == tie_id), None)
    if known is None:
        raise NotFound("relationship", tie_id)
    within = open_change(session, "constituent.relate", act=web_act())
    change_tie(session, known, tie=Tie(known.kind, known.reverse, known.from_on, g.today, known.note), within=within)
    return done(within, url_for(".people", constituent_id=row.id), "Ended today.")


def stay(constituent_id: int) -> Page:
    """Makes a person a member of a household; one that lives elsewhere then moves."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    form = StayForm(request.form)
    other, candidates = _meant()
    if form.validate() and other is not None:
        home, person = (row, other) if row.kind == HOUSEHOLD else (other, row)
        try:
            within = open_change(session, "household.join", act=web_act())
            lives = [one for one in homes(session, person.id, sees=viewer().sees) if one.stay.to_on is None]
            if lives and form.from_on.data:
                move_house(session, person, to=home, moved_on=form.from_on.data, within=within, on=g.today)
            else:
                wanted = NewStay(home, person, Span(form.from_on.data, None), typed(form.role))
                join_household(session, wanted, within=within, on=g.today)
            return done(within, url_for(".people", constituent_id=row.id), f"{person.name} belongs to {home.name}.")
        except Invalid as error:
            field = "from_on" if error.field == "from" else error.field
            refuse(form, Invalid(field, error.value, error.problem, error.remedy))
    _ask_who(form, other)
    return _page(row, stay_form=form, stay_candidates=candidates), 422


def move_out(constituent_id: int, stay_id: int) -> Page:
    """Ends a stay today."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    stays = [one.stay for one in homes(session, row.id, sees=viewer().sees)]
    if row.kind == HOUSEHOLD:
        stays = [one.stay for one in members(session, row.id, on=g.today, sees=viewer().sees)]
    found = next((one for one in stays if one.id == stay_id), None)
    if found is None:
        raise NotFound("stay", stay_id)
    within = open_change(session, "household.leave", act=web_act())
    leave_household(session, found, left_on=g.today, within=within, on=g.today)
    return done(within, url_for(".people", constituent_id=row.id), "The stay ends today; earlier gifts stay counted.")


def _meant() -> tuple[Constituent | None, Candidates]:
    """Who was chosen; or, when only a name was typed, whom it may mean."""
    session = current_session()
    chosen = by_id(session, request.form.get("other", ""))
    if chosen is not None:
        return chosen, []
    hits = search(session, request.form.get("other_name", "")[:100], sees=viewer().sees, limit=6)
    at = reached(session, [hit.id for hit in hits])
    return None, [(hit.id, hit.name, at[hit.id].city or at[hit.id].email or hit.kind) for hit in hits]


def _ask_who(form: Form, other: Constituent | None) -> None:
    if other is None:
        form["other"].errors = [*form["other"].errors, "Choose who is meant."]


def _page(row: Constituent, **given: object) -> str:
    session, seen = current_session(), viewer().sees
    forms: dict[str, object] = {"tie_form": TieForm(), "stay_form": StayForm(data={"from_on": g.today})}
    return render_template(
        "constituents/people.html",
        who=row,
        ties=relationships(session, row.id, sees=seen),
        homes=homes(session, row.id, sees=seen),
        members=members(session, row.id, on=g.today, sees=seen) if row.kind == HOUSEHOLD else [],
        past=past_members(session, row.id, on=g.today, sees=seen) if row.kind == HOUSEHOLD else [],
        kinds=KINDS_OF_TIES,
        typed_name=request.form.get("other_name", ""),
        **(forms | given),
    )
