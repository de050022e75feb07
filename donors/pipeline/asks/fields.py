"""The fields of opportunities that criteria can name."""

from typing import Any

from sqlalchemy.orm import aliased

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.fields import Field, Join, Kind, Option
from donors.giving.models import Campaign, Fund
from donors.pipeline.asks.decide import REASONS, STATUSES
from donors.pipeline.asks.models import OPEN, Opportunity
from donors.pipeline.models import Pipeline, Prospect, Stage

SUBJECT = "opportunity"
ASKER = aliased(User, name="opportunity_officer")
_prospect = aliased(Prospect, name="opportunity_prospect")
_pipeline = aliased(Pipeline, name="opportunity_pipeline")
_who = aliased(Constituent, name="opportunity_constituent")
_stage = aliased(Stage, name="opportunity_stage")
OFFICER = Join(ASKER, ASKER.id == Opportunity.officer_id)
PROSPECT = Join(_prospect, _prospect.id == Opportunity.prospect_id)
PIPELINE = Join(_pipeline, _pipeline.id == _prospect.pipeline_id)
WHO = Join(_who, _who.id == _prospect.constituent_id)
STAGE = Join(_stage, _stage.id == _prospect.stage_id)
FUND = Join(Fund, Fund.id == Opportunity.fund_id)
CAMPAIGN = Join(Campaign, Campaign.id == Opportunity.campaign_id)


def _field(name: str, label: str, kind: Kind, column: Any, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, subject=SUBJECT, column=column, permission="pipeline.read", **more)


def _options(words: dict[str, str]) -> tuple[Option, ...]:
    return tuple(Option(code, word) for code, word in words.items())


FIELDS = (
    _field("id", "Id", Kind.ID, Opportunity.id),
    _field("name", "Prospect", Kind.TEXT, _who.name, joins=(PROSPECT, WHO), order=_who.sort_name),
    _field("constituent_id", "Constituent id", Kind.ID, _prospect.constituent_id, joins=(PROSPECT,)),
    _field("status", "Status", Kind.CHOICE, Opportunity.status, options=_options(STATUSES)),
    _field("open", "Open", Kind.BOOLEAN, Opportunity.status.in_(OPEN), help="Not yet received, declined or deferred."),
    _field("amount", "Amount", Kind.MONEY, Opportunity.amount),
    _field("purpose", "Purpose", Kind.TEXT, Opportunity.purpose),
    _field("fund", "Fund", Kind.TEXT, Fund.name, joins=(FUND,)),
    _field("campaign", "Campaign", Kind.TEXT, Campaign.name, joins=(CAMPAIGN,)),
    _field("ask_on", "Ask on", Kind.DATE, Opportunity.ask_on, help="The day of the ask, planned or made."),
    _field("expected_on", "Expected on", Kind.DATE, Opportunity.expected_on, help="When the gift is looked for."),
    _field("odds", "Claimed odds", Kind.NUMBER, Opportunity.odds, help="In per cent."),
    _field("status_since", "In status since", Kind.DATE, Opportunity.status_since),
    _field("opened_on", "Opened on", Kind.DATE, Opportunity.opened_on),
    _field("reason", "Reason", Kind.CHOICE, Opportunity.reason, options=_options(REASONS), help="Of no, or not now."),
    _field("returns_on", "Returns on", Kind.DATE, Opportunity.returns_on),
    _field("officer", "Officer", Kind.TEXT, ASKER.name, joins=(OFFICER,)),
    _field("officer_id", "Officer id", Kind.ID, Opportunity.officer_id),
    _field("pipeline", "Pipeline", Kind.TEXT, _pipeline.name, joins=(PROSPECT, PIPELINE)),
    _field("stage", "Stage", Kind.TEXT, _stage.name, joins=(PROSPECT, STAGE), help="Where the prospect stands now."),
)
"""Registered by app.py: `REGISTRY.add(*FIELDS)`."""
