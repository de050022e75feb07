"""The ratings of a constituent: what holds, what was judged before, and a new judgement."""

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from donors.constituents.models import Constituent
from donors.constituents.queries import constituent
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Invalid
from donors.core.money import parse_money
from donors.research.fields import KINDS
from donors.research.queries import ratings, ratings_now
from donors.research.rate import Judged
from donors.web.answer import done
from donors.web.forms import id_of, option, refuse, typed
from donors.web.session import viewer, web_act
from donors.workflows.ratings import rate

Page = str | Response | tuple[str, int]
FITS = ("linkage", "ability", "interest")
"""The three that a prospect needs all of."""
SCORES = [option("", "No score"), option(0, "0, none")] + [option(score, str(score)) for score in range(1, 6)]


class RatingForm(Form):
    """A judgement with its source."""

    kind = SelectField("What", choices=[option(code, word) for code, word in KINDS.items()])
    score = SelectField("Score", choices=SCORES, coerce=id_of)
    amount = StringField("Capacity in five years", [Length(max=40)])
    source = StringField("Source", [InputRequired("Say where the judgement comes from."), Length(max=120)])
    rated_on = DateField("On", [Optional()])
    note = TextAreaField("Note", [Length(max=5000)])


def ratings_page(constituent_id: int) -> Page:
    """All ratings."""
    row = constituent(current_session(), constituent_id, sees=viewer().sees)
    kind = request.args.get("kind", "")
    return _page(row, RatingForm(data={"rated_on": g.today, "kind": kind if kind in KINDS else "linkage"}))


def add_rating(constituent_id: int) -> Page:
    """A new judgement; what held before stays on record."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    form = RatingForm(request.form)
    if form.validate():
        within = open_change(session, "constituent.rate", act=web_act(typed(form.source)))
        try:
            text = typed(form.amount).strip()
            judged = Judged(
                kind=typed(form.kind),
                rated_on=form.rated_on.data or g.today,
                source=typed(form.source),
                score=form.score.data,
                amount=parse_money(text, g.currency, field="amount") if text else None,
                note=typed(form.note),
            )
            rate(session, row.id, judged, within=within)
            said = f"{KINDS[judged.kind]} of {row.name} is rated."
            return done(within, url_for(".ratings_page", constituent_id=row.id), said)
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
    return _page(row, form), 422


def _page(row: Constituent, form: RatingForm) -> str:
    session = current_session()
    return render_template(
        "constituents/ratings.html",
        who=row,
        form=form,
        rated=ratings(session, row.id),
        held=ratings_now(session, row.id),
        kinds=KINDS,
        fits=FITS,
    )
