"""The ask on the sheet of a step: where a stage wants its amount and its days, they are written right there."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, request
from wtforms import DateField, Form, StringField
from wtforms.validators import Length, Optional

from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.core.money import parse_money
from donors.pipeline.asks.decide import Terms
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.asks.queries import asks_of
from donors.pipeline.asks.suggestion import Suggestion
from donors.pipeline.evidence.required import OF_ASK, Required
from donors.pipeline.models import Prospect, Stage
from donors.web.forms import typed
from donors.web.pipeline.ask_forms import data_of
from donors.web.pipeline.suggested import suggested
from donors.web.session import viewer
from donors.workflows.asks import put_ask

SOLICITATION = "solicitation"


class SheetAskForm(Form):
    """What a stage may want of an ask."""

    amount = StringField("Ask", [Length(max=40)])
    purpose = StringField("What for", [Length(max=300)])
    ask_on = DateField("Ask on", [Optional()])
    expected_on = DateField("Gift expected on", [Optional()])


@dataclass(frozen=True)
class AskPart:
    """The fields, the open ask on which they are written (none: one is opened), and a suggested range if any."""

    form: SheetAskForm
    ask: Opportunity | None
    suggestion: Suggestion | None

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed."""
        return request.method == "POST" and any(field.data for field in self.form)


def ask_part(session: Session, found: Prospect, to: Stage, lacking: Sequence[Required]) -> AskPart | None:
    """The part for a step forward; none where the stage wants nothing of an ask that is not there."""
    held = next((one.opportunity for one in asks_of(session, found.id, sees=viewer().sees) if one.is_open), None)
    bare = held is None or held.amount is None or held.ask_on is None
    if not (bare and to.kind == SOLICITATION) and not set(OF_ASK) & set(lacking):
        return None
    form = SheetAskForm(request.form, data=data_of(held) if held else None)
    known = suggested(session, found.constituent_id)
    return AskPart(form, held, known.suggestion if known else None)


def write_ask(session: Session, found: Prospect, part: AskPart, *, within: ChangeSet) -> None:
    """Writes what was typed on the ask. Raises Invalid, Conflict."""
    form, text = part.form, typed(part.form.amount).strip()
    terms = Terms(
        amount=parse_money(text, g.currency, field="amount") if text else None,
        purpose=typed(form.purpose),
        ask_on=form.ask_on.data,
        expected_on=form.expected_on.data,
    )
    put_ask(session, found.id, terms, on=g.today, within=within)
