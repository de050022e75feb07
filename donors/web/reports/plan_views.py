"""The effect of a template: drop-off by step, punctuality, and who gave, beside those held out."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, g, render_template, request

from donors.core.db import Session, current_session
from donors.core.errors import NotFound
from donors.plans.queries.templates import TemplateLine, templates
from donors.reports.plain.plan_effect import effect_document, effect_rows
from donors.reports.plan_effect import LEAST, EffectQuestion, plan_effect
from donors.web.reports.files import answer
from donors.web.session import viewer

SPANS = (30, 90, 180, 365)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class AskedEffect:
    """What the address asks: the template, the question, and what was wrong with it in words."""

    template: TemplateLine
    question: EffectQuestion
    problem: str = ""

    @property
    def keep(self) -> dict[str, str]:
        """The arguments that say it again."""
        asked = self.question
        return {"template": str(self.template.id), "days": str(asked.days), "since": asked.since.isoformat()}


def plans_page() -> str:
    """The report on one template; the first one that has plans, if none is named."""
    session = current_session()
    known = templates(session)
    asked = _asked(known)
    found = plan_effect(session, asked.question) if asked else None
    return render_template(
        "reports/plans.html", asked=asked, found=found, known=known, spans=SPANS, least=LEAST, days=90
    )


def plans_file() -> Response:
    """The report as a file."""
    session = current_session()
    asked = _asked_one(session)
    found = plan_effect(session, asked.question)
    return answer(
        "plans",
        asked.keep | {"as_of": asked.question.on.isoformat()},
        lambda: effect_rows(found, g.organization),
        lambda: effect_document(found, asked.template.name, g.organization),
    )


def _asked_one(session: Session) -> AskedEffect:
    found = _asked(templates(session))
    if found is None:
        raise NotFound("plan template", request.args.get("template", ""))
    return found


def _asked(known: list[TemplateLine]) -> AskedEffect | None:
    typed = request.args.get("template", "")
    chosen = [line for line in known if str(line.id) == typed]
    if typed and not chosen:
        raise NotFound("plan template", typed)
    first = chosen or sorted(known, key=lambda line: -(line.running + line.ended))
    if not first:
        return None
    since, problem = _since()
    days = request.args.get("days", 90, int)
    question = EffectQuestion(first[0].id, since, g.today, days if days in SPANS else 90, viewer().sees)
    return AskedEffect(first[0], question, problem)


def _since() -> tuple[date, str]:
    typed = request.args.get("since", "")
    try:
        since = date.fromisoformat(typed) if typed else g.today - 2 * YEAR
    except ValueError:
        return g.today - 2 * YEAR, "That is no day. Write it like 2026-09-30."
    return (since, "") if since <= g.today else (g.today - 2 * YEAR, "The first day must lie before today.")
