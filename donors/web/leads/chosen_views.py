"""Acts on chosen leads: a page that says what will become of whom, then the act as one change, then the way back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app, g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.core.changes import ChangeSet, open_change
from donors.core.db import Session, current_session
from donors.core.errors import Invalid
from donors.leads.models import CONVERTED, OPEN
from donors.leads.queue import LeadRow, hidden_from, lead_ids
from donors.leads.steer import disqualify_leads, follow_up_leads
from donors.leads.story import lead_rows
from donors.web.answer import done
from donors.web.filters import full_day, plural
from donors.web.forms import number, refuse
from donors.web.leads.asked import asked
from donors.web.leads.forms import ClosingForm, FollowUpForm, OwnerForm, closing_in, owner_choices, owners
from donors.web.session import looking, viewer, web_act
from donors.workflows.leads import give_by_hand

Page = str | Response | tuple[str, int]
MOST, SHOWN = 2000, 12


@dataclass(frozen=True)
class Proposal:
    """An act as its page proposes it: heading, button, what it says it will do, and the doing on the ids.

    `passes` says of a lead why it is left out; empty: it is not.
    """

    title: str
    verb: str
    says: Callable[[int], str]
    passes: Callable[[LeadRow], str]
    carry_out: Callable[[list[int], ChangeSet], object]


@dataclass(frozen=True)
class Foreseen:
    """Whom the act would reach (id → name), and who is left out: reason → names."""

    will: dict[int, str] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)

    @property
    def all(self) -> int:
        """How many were chosen."""
        return len(self.will) + sum(map(len, self.left.values()))


def chosen_owner() -> Page:
    """One owner for all of the chosen."""
    session = current_session()
    form = OwnerForm(request.values, data={"to": viewer().id})
    form.to.choices = owner_choices(session)
    told = ", who is told by mail" if form.to.data not in (None, viewer().id) else ""
    site = current_app.config["HOUSE"].site_url
    owner = next((user for user in owners(session) if user.id == form.to.data), None)
    name, hidden = ("Nobody", set()) if owner is None else (owner.name, hidden_from(session, owner))

    def passes(row: LeadRow) -> str:
        if row.lead.id in hidden:
            return f"{name} may not see whom it is about"
        return _ended(row) or ("theirs already" if row.lead.owner_id == form.to.data else "")

    return _answer(
        form,
        "leads.give",
        Proposal(
            "Another owner",
            "Give",
            lambda count: f"{plural(count, 'lead')} {'goes' if count == 1 else 'go'} to {name}{told}.",
            passes,
            lambda ids, within: give_by_hand(session, ids, form.to.data, within=within, site=site),
        ),
    )


def chosen_follow_up() -> Page:
    """One day of follow-up for all of the chosen."""
    session = current_session()
    form = FollowUpForm(request.values, data={"follow_up_on": g.today})

    def says(count: int) -> str:
        day = form.follow_up_on.data
        return f"{plural(count, 'lead')}: " + ("no follow-up." if day is None else f"follow up on {full_day(day)}.")

    return _answer(
        form,
        "leads.follow_up",
        Proposal(
            "Follow up",
            "Set for",
            says,
            _ended,
            lambda ids, within: follow_up_leads(session, ids, form.follow_up_on.data, on=g.today, within=within),
        ),
    )


def chosen_disqualify() -> Page:
    """All of the chosen out of the queue, for the same reason."""
    session = current_session()
    form = ClosingForm(request.values)

    def says(count: int) -> str:
        back = form.returns_on.data
        return f"{plural(count, 'lead')} out of the queue, " + (
            "for good." if back is None else f"until {full_day(back)}."
        )

    return _answer(
        form,
        "leads.disqualify",
        Proposal(
            "Disqualify",
            "Disqualify",
            says,
            lambda row: "converted already" if row.lead.status == CONVERTED else "",
            lambda ids, within: disqualify_leads(session, ids, closing_in(form), within=within),
        ),
    )


def _ended(row: LeadRow) -> str:
    return "" if row.lead.status in OPEN else f"{row.lead.status}: take it up again first"


def _answer(form: Form, kind: str, proposal: Proposal) -> Page:
    session = current_session()
    # Opened before anything is read: a form that was sent before leads to what it did then.
    within = open_change(session, kind, act=web_act()) if request.method == "POST" else None
    found, sound = _foreseen(session, proposal), _is_new(form) or form.validate()
    agreed = request.form.get("agreed") == str(len(found.will))
    if within is not None and sound and agreed and found.will and found.all <= MOST:
        try:
            with session.begin_nested():
                proposal.carry_out(list(found.will), within)
            return _done(within, proposal, found)
        except Invalid as error:
            refuse(form, error)
            sound = False
    wanted = asked(session)
    page = render_template(
        "leads/chosen.html",
        found=found,
        proposal=proposal,
        form=form,
        able=sound and bool(found.will) and found.all <= MOST,
        too_many=found.all > MOST,
        most=MOST,
        shown=SHOWN,
        moved=within is not None and sound,
        everybody=bool(request.values.get("everybody")),
        ids=_ids(),
        asked=wanted,
        back=url_for(".index", **wanted.keep),
    )
    return page if within is None else (page, 409 if sound else 422)


def _is_new(form: Form) -> bool:
    """Whether nobody has filled the form in yet: then nothing in it is wrong."""
    return request.method == "GET" and not any(one.name in request.values for one in form)


def _done(within: ChangeSet, proposal: Proposal, found: Foreseen) -> Response:
    """Back to the queue, with the undo beside what was said; where some were left out, a page says who and why."""
    back = url_for(".index", **asked(current_session()).keep)
    if not found.left:
        undo = url_for(".undo", change_set_id=within.id, back=back)
        return done(within, back, proposal.says(len(found.will)), undo=undo)
    there = url_for("constituents.chosen_result", change_set_id=within.id)
    answer = done(within, there)
    within.outcome = {
        "location": there,
        "chosen": proposal.says(len(found.will)),
        "left": {reason: len(names) for reason, names in found.left.items()},
        "back": back,
        "from": "Leads",
    }
    return answer


def _foreseen(session: Session, proposal: Proposal) -> Foreseen:
    found = Foreseen()
    ids = _ids()
    if request.values.get("everybody"):
        ids = lead_ids(session, asked(session).sieve, looking=looking(), limit=MOST + 1)
    for row in lead_rows(session, ids, sees=viewer().sees) if ids else ():
        reason = proposal.passes(row)
        if reason:
            found.left.setdefault(reason, []).append(row.name)
        else:
            found.will[row.lead.id] = row.name
    return found


def _ids() -> list[int]:
    given = (number(text) for text in request.values.getlist("ids"))
    return list(dict.fromkeys(one for one in given if one is not None))[: MOST + 1]
