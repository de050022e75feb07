"""The editor of a template, which makes a new version: nothing that was typed is lost, and the picture goes along."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.core.fields import REGISTRY
from donors.core.settings import organization
from donors.plans.queries.templates import drafts_of, newest_version, rule_of, starts_of
from donors.plans.queries.versions import behind
from donors.plans.templates import describe
from donors.plans.templates.graph import problems
from donors.plans.templates.template import TemplateDraft, create, revise, template_by_id
from donors.plans.terms import HOWEVER, OFFICER, OUTCOMES, SECOND, STARTER
from donors.web.answer import done
from donors.web.criteria.builder import PERIODS, shown
from donors.web.criteria.builder import offered as under_headings
from donors.web.filters import plural
from donors.web.forms import number
from donors.web.plans.choices import Offered, names, offered
from donors.web.plans.drafting import Wrong, by_step, drafted, placed
from donors.web.plans.drawn import SIGNS
from donors.web.plans.editor import Editing, of, read
from donors.web.plans.rehearse import rehearsal
from donors.web.plans.rows import acted
from donors.web.sent import sent_pairs
from donors.web.session import web_act

Page = str | Response | tuple[str, int]
SUBJECT = "constituent"
FEW = 2
"""So many steps are open when one comes to the editor."""


@dataclass(frozen=True)
class Look:
    """How the editor stands: which steps are open, what is wrong, and what somebody else has saved meanwhile."""

    opened: Collection[int] = ()
    wrong: Wrong = field(default_factory=dict)
    error: str = ""
    conflict: Editing | None = None


def new_template() -> Page:
    """A template from nothing."""
    if request.method == "GET":
        return _editor(Editing(), None, Look(opened=(1,)))
    return _posted(None)


def edit_template(template_id: int) -> Page:
    """The next version of a template; plans that run stay on theirs."""
    template_by_id(current_session(), template_id)
    if request.method == "GET":
        editing = of(_draft(template_id))
        return _editor(editing, template_id, Look(range(1, FEW + 1) if len(editing.steps) <= FEW else ()))
    return _posted(template_id)


def _posted(template_id: int | None) -> Page:
    session, editing = current_session(), read(request.form, sent_pairs())
    changed = acted(editing, request.form.get("act", "save"))
    if changed is not None:
        return _editor(changed[0], template_id, Look(opened=(changed[1],)))
    draft, wrong = drafted(editing, REGISTRY.fields(session, SUBJECT), organization(session))
    if wrong:
        return _editor(editing, template_id, Look(by_step(wrong), wrong)), 422
    try:
        return _kept(session, draft, template_id)
    except Conflict:
        session.rollback()
        theirs = None if template_id is None else of(_draft(template_id))
        return _editor(editing, template_id, Look(conflict=theirs)), 409
    except Invalid as error:
        session.rollback()
        return _editor(editing, template_id, Look(wrong={placed(error): error.message})), 422
    except Blocked as error:
        session.rollback()
        return _editor(editing, template_id, Look(error=error.message)), 422


def _kept(session: Session, draft: TemplateDraft, template_id: int | None) -> Response:
    """Keeps what was drafted. Raises Conflict, Invalid, Blocked."""
    if template_id is None:
        within = open_change(session, "template.create", act=web_act())
        template = create(session, draft, within=within)
        return done(within, url_for(".template_page", template_id=template.id), f"{template.name} is ready.")
    expect = number(request.form.get("version", ""))
    within = open_change(session, "template.revise", act=web_act())
    made = revise(session, template_id, draft, within=within, expect=expect)
    said = f"Version {made.number} holds for plans that start from now on."
    late = len(behind(session, template_id, made.id))
    if late:
        said += f" {plural(late, 'plan')} {'runs' if late == 1 else 'run'} on older ones: see below what would change."
    return done(within, url_for(".template_page", template_id=template_id), said)


def _draft(template_id: int) -> TemplateDraft:
    session = current_session()
    template, version = template_by_id(session, template_id), newest_version(session, template_id)
    return TemplateDraft(
        template.name,
        drafts_of(session, version.id),
        template.description,
        rule_of(session, version.id),
        starts_of(session, version.id),
    )


def _editor(editing: Editing, template_id: int | None, look: Look) -> str:
    session = current_session()
    known, here = REGISTRY.fields(session, SUBJECT), organization(session)
    draft, _ = drafted(editing, known, here)
    rule = replace(draft.rule, closed=here.closed)
    places = list(enumerate(editing.steps, start=1))
    return render_template(
        "plans/editor.html",
        editing=editing,
        template=None if template_id is None else template_by_id(session, template_id),
        wrong=look.wrong,
        error=look.error,
        conflict=look.conflict,
        opened=look.opened,
        subjects=[step.subject.strip() for step in editing.steps],
        trees=[shown(step.criteria, known, here, judged=(place, "criteria") in look.wrong) for place, step in places],
        words={
            **_words(offered(session)),
            "fields": under_headings(known.values()),
            "summaries": _summaries(session, draft, len(editing.steps)),
            "in_trouble": by_step(look.wrong),
        },
        rehearsal=rehearsal(session, request.form, draft.steps, rule, today=g.today),
        never=[one.sentence for one in problems(draft.steps) if one.field == "links"],
    )


def _summaries(session: Session, draft: TemplateDraft, count: int) -> dict[int, str]:
    """What the line of each step says beside its subject."""
    known = names(session)
    said = {
        place: " · ".join(filter(None, (describe.timing(step), describe.conditions(step), describe.owner(step, known))))
        for place, step in enumerate(draft.steps, start=1)
    }
    return {place: said.get(place, "") for place in range(1, count + 1)}


def _words(can: Offered) -> dict[str, Any]:
    return {
        "offered": can,
        "kinds": list(describe.KIND_WORDS.items()),
        "kind_words": describe.KIND_WORDS,
        "afters": list(describe.AFTER_WORDS.items()),
        "after_words": describe.AFTER_WORDS,
        "outcomes": [(one, f"if {one}" if one != HOWEVER else "however it ends") for one in OUTCOMES],
        "roles": [(role, describe.ROLE_WORDS[role]) for role in (OFFICER, SECOND, STARTER)],
        "signs": SIGNS,
        "periods": PERIODS,
    }
