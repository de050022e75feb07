"""What a widely used system answers when a lead is converted: we answer so too. Its gift of a conversion is our ask."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.create import create
from donors.constituents.models import ORGANIZATION, Constituent
from donors.constituents.queries import relationships
from donors.constituents.records import Email, NewConstituent
from donors.leads.models import Lead
from donors.leads.newcomer import likely, newcomer
from donors.leads.terms import is_individual
from donors.pipeline.asks.decide import Terms
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.models import Prospect
from donors.pipeline.standard import install_standard
from donors.workflows.convert_lead import convert_leads
from donors.workflows.converting.wanted import AFFILIATIONS, Affiliation, Conversion, Member, Onward
from tests.leads.records import TODAY, change
from tests.leads.records import lead as make_lead
from tests.peer_cases.cases import HERE

Told = Mapping[str, Any]
CASES: list[Told] = json.loads((HERE / "leads.json").read_text())["cases"]


def the_lead(session: Session, told: Told) -> Lead:
    """The lead of a case."""
    name = f"{told['first']} {told['last']}"
    return make_lead(session, name, organization=told.get("company") or "", email=told.get("email") or "")


def asked(session: Session, told: Told) -> Told:
    """The answer to a question about a lead."""
    if told["when"]["ask"] == "treated_as_individual":
        lead = told["given"]["lead"]
        return {"value": is_individual(lead["company"] or "", lead["first"], lead["last"])}
    for one in told["given"]["contacts"]:
        mails = (Email(one["email"]),) if one["email"] else ()
        known = NewConstituent(given_name=one["first"], family_name=one["last"], emails=mails)
        create(session, known, within=change(session))
    who = newcomer([the_lead(session, told["given"]["lead"])])
    return {"matches": sorted(one.name for one in likely(session, who, sees=EVERYTHING))}


def converted(session: Session, told: Told) -> Told:
    """What stands after the conversion of a case."""
    pipeline_id = install_standard(session, within=change(session)).id
    lead, how = the_lead(session, told["given"]["lead"]), told["when"]["convert"]
    known = told["given"].get("existing_account")
    body = None
    if known:
        body = create(session, NewConstituent(ORGANIZATION, known), within=change(session)).id
    affiliation = Affiliation(body, name=lead.organization) if lead.organization else None
    who = "organization" if how.get("gift_on") else "member"
    onward = Onward(pipeline_id, who=who, ask=Terms(1000)) if how.get("create_gift") else None
    wanted = Conversion((Member((lead.id,)),), None, affiliation, onward)
    made = convert_leads(session, wanted, sees=EVERYTHING, on=TODAY, within=change(session))
    ties = relationships(session, made.constituents[0], sees=EVERYTHING)
    of = Constituent.id == Prospect.constituent_id
    over = select(Constituent.name).select_from(Opportunity).join(Prospect, Prospect.id == Opportunity.prospect_id)
    asks = session.scalars(over.join(Constituent, of)).all()
    return {
        "account_name": next((one.other.name for one in ties if one.kind in AFFILIATIONS), None),
        "affiliations": sum(one.kind in AFFILIATIONS for one in ties),
        "gifts": len(asks),
        "primary_roles": len(asks),
        "gift_primary_contact": asks[0] if asks else None,
        "gift_account": asks[0] if asks else None,
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("told", CASES, ids=[case["id"] for case in CASES])
def test_case(session: Session, told: Told) -> None:
    answer: Callable[[Session, Told], Told] = asked if "ask" in told["when"] else converted
    found = answer(session, told)
    assert {name: found.get(name) for name in told["expect"]} == told["expect"]


def test_there_are_all_of_them() -> None:
    assert len(CASES) == 5
