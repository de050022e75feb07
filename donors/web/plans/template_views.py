"""Templates: the list, and one of them drawn on its days, with its versions and the plans that run."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.plans.dates import Node, length
from donors.plans.models import ONGOING
from donors.plans.queries.plans import PlanFilter, count_plans, plans
from donors.plans.queries.templates import (
    drafts_of,
    newest_version,
    nodes_of,
    plan_counts,
    rule_of,
    starts_of,
    templates,
)
from donors.plans.queries.versions import VersionLine, version_lines
from donors.plans.templates.compare import changes, rule_changes
from donors.plans.templates.describe import KIND_WORDS
from donors.plans.templates.template import set_active, template_by_id
from donors.web.answer import done
from donors.web.listing import page_number
from donors.web.plans.choices import names
from donors.web.plans.rehearse import Rehearsal, rehearsal
from donors.web.session import viewer, web_act

PER_PAGE = 25
MOST_VERSIONS = 12


@dataclass(frozen=True)
class Told:
    """A version with what it changed, in words; `first` has nothing before it."""

    line: VersionLine
    changed: tuple[str, ...]
    first: bool


def templates_page() -> str:
    """All templates."""
    return render_template("plans/templates.html", lines=templates(current_session()))


def template_page(template_id: int) -> str:
    """One template: its steps on their days, its versions, and the plans that run on it."""
    session, seen = current_session(), viewer().sees
    template = template_by_id(session, template_id)
    version = newest_version(session, template_id)
    drafts, rule = drafts_of(session, version.id), rule_of(session, version.id)
    counts = plan_counts(session).get(template_id, {})
    which = PlanFilter(template_id=template_id, ended="ended" in request.args)
    number = page_number()
    drawn = rehearsal(session, request.args, drafts, rule, today=g.today)
    lines = version_lines(session, template_id, limit=MOST_VERSIONS + 1)
    return render_template(
        "plans/template.html",
        template=template,
        version=version,
        steps=len(drafts),
        length=_length(drawn, nodes_of(session, version.id)),
        rule=rule,
        starts=starts_of(session, version.id),
        kinds=KIND_WORDS,
        versions=_told(session, lines),
        elsewhere=sum(one.ongoing for one in lines if one.version.id != version.id),
        counts=counts,
        running=sum(counts.get(state, 0) for state in ONGOING),
        rows=plans(session, which, sees=seen, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        total=count_plans(session, which, sees=seen),
        ended=which.ended,
        page=number,
        per_page=PER_PAGE,
        rehearsal=drawn,
    )


def _length(drawn: Rehearsal, nodes: Sequence[Node]) -> int:
    """The days from the start to the last step, as the picture has them."""
    return (drawn.picture.last - drawn.start).days if drawn.picture else length(nodes)


def _told(session: Session, lines: list[VersionLine]) -> list[Told]:
    """Versions with what each changed; the oldest of a longer list only says it for those above it."""
    known = names(session)
    drafts = {line.version.id: drafts_of(session, line.version.id) for line in lines}
    found = []
    for place, line in enumerate(lines[:MOST_VERSIONS]):
        before = lines[place + 1] if place + 1 < len(lines) else None
        changed: tuple[str, ...] = ()
        if before is not None:
            changed = changes(drafts[before.version.id], drafts[line.version.id], known)
            changed += rule_changes(before.version, line.version)
        found.append(Told(line, changed, first=before is None))
    return found


def set_template_active(template_id: int) -> Response:
    """Lets new plans start from a template, or no longer."""
    session = current_session()
    active = request.form.get("active") == "1"
    within = open_change(session, "template.retire" if not active else "template.use", act=web_act())
    set_active(session, template_id, active=active, within=within)
    said = "New plans may start again." if active else "No new plans start from it; those that run go on."
    return done(within, url_for(".template_page", template_id=template_id), said)
