"""What records prove of a prospect, for one as for many, on a day."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from donors.accounts.visible import sight
from donors.core.changes import ChangeSet
from donors.core.errors import Invalid
from donors.pipeline.decide import Vouched
from donors.pipeline.evidence.decide import Finding, Proof, direction, met, missing
from donors.pipeline.evidence.define import (
    EvidenceDraft,
    add_evidence,
    change_evidence,
    move_evidence,
    retire_evidence,
    set_evidence,
)
from donors.pipeline.evidence.models import CLAIMED, CONFIRMED, PROVEN
from donors.pipeline.evidence.queries import evidence_of, findings
from donors.pipeline.evidence.sources import CONFIDENTIAL
from donors.pipeline.evidence.standard import STANDARD
from donors.pipeline.models import BACK, FORWARD, Stage
from tests.cast import OLIVE, SAM, Person
from tests.harness.statements import counted
from tests.pipeline.conftest import TODAY
from tests.pipeline.records import Records, ago


def told(found: Sequence[Finding]) -> dict[str, int | None]:
    return {one.name: one.proof and one.proof.row_id for one in found}


def test_what_the_standard_stages_ask_for(session: Session, asking: dict[str, Stage], records: Records) -> None:
    anna = records.prospect("Anna")

    def found(stage: str) -> dict[str, int | None]:
        return told(findings(session, [anna.id], asking[stage].id, on=TODAY)[anna.id])

    assert found("Identification") == {}
    nothing = {draft.name: None for kind in STANDARD for draft in STANDARD[kind]}
    assert found("Qualification") | found("Cultivation") | found("Solicitation") | found("Stewardship") == nothing
    linkage = records.rate(anna, "linkage", 40, score=2)
    interest = records.rate(anna, "interest", 40, score=1)
    records.rate(anna, "ability", 40, score=0)
    assert found("Qualification") == {
        "Linkage above zero": linkage,
        "Interest above zero": interest,
        "Ability above zero": None,
    }
    call, capacity = records.call(anna, 200), records.rate(anna, "capacity", 300, amount=1_000_000)
    assert found("Cultivation") == {"A two-way contact held": call, "Capacity rated within a year": capacity}
    asked = records.ask(anna, amount=2_500_000)
    assert found("Solicitation")["Amount and date of the ask"] is None
    ready = records.ask(anna, amount=1_000_000, ask_on=ago(-30))
    agreed = records.call(anna, 3, outcome="agreed")
    assert (asked, set(found("Solicitation").values())) == (asked, {agreed, ready})
    gift = records.gift(anna, 10)
    assert found("Stewardship") == {"A gift received": gift, "Thanked within two days": None}
    records.thanks(anna, 8)
    assert found("Stewardship")["Thanked within two days"] == gift


def test_the_newest_rating_of_a_kind_holds(session: Session, asking: dict[str, Stage], records: Records) -> None:
    anna = records.prospect("Anna")
    records.rate(anna, "linkage", 60, score=4)
    records.rate(anna, "linkage", 20, score=0)
    asked = asking["Qualification"].id
    assert told(findings(session, [anna.id], asked, on=TODAY)[anna.id])["Linkage above zero"] is None
    assert told(findings(session, [anna.id], asked, on=ago(30))[anna.id])["Linkage above zero"] is not None


def test_enough_records_in_time(session: Session, stage: dict[str, Stage], records: Records, change: ChangeSet) -> None:
    anna, where = records.prospect("Anna"), stage["Cultivation"].id
    drawn = EvidenceDraft("Two contacts in 30 days", "moves", at_least=2, within_days=30)
    add_evidence(session, where, drawn, within=change)
    add_evidence(session, where, EvidenceDraft("She knows the director"), within=change)
    records.call(anna, 31)
    records.call(anna, 30)
    assert told(findings(session, [anna.id], where, on=TODAY)[anna.id])["Two contacts in 30 days"] is None
    last = records.call(anna, 2)
    first, by_hand = findings(session, [anna.id], where, on=TODAY)[anna.id]
    assert first.proof == Proof("moves", last, ago(2), "Get to know her")
    assert by_hand.proof is None


def test_a_fact_of_the_constituent(
    session: Session, stage: dict[str, Stage], records: Records, change: ChangeSet
) -> None:
    anna, where = records.prospect("Anna"), stage["Cultivation"].id
    named = {"field": "name", "operator": "equals", "value": "anna"}
    add_evidence(session, where, EvidenceDraft("It is Anna", "constituent", named), within=change)
    bert = records.prospect("Bert")
    found = findings(session, [anna.id, bert.id], where, on=TODAY)
    assert found[anna.id][0].proof == Proof("constituent", anna.constituent_id, None, "")
    assert found[bert.id][0].proof is None


def test_a_confidential_move_proves_without_its_words(
    session: Session, asking: dict[str, Stage], records: Records, cast: dict[Person, int]
) -> None:
    anna = records.prospect("Anna")
    call = records.call(anna, 5, readers="own", officer_id=cast[OLIVE])
    where = asking["Cultivation"].id
    for who, words in ((OLIVE, "Get to know her"), (SAM, CONFIDENTIAL)):
        found = findings(session, [anna.id], where, on=TODAY, sees=sight(cast[who], who.role))
        assert found[anna.id][0].proof == Proof("moves", call, ago(5), words)


def test_many_are_judged_like_each_alone_in_as_many_statements(
    session: Session, asking: dict[str, Stage], records: Records
) -> None:
    people = [records.prospect(f"P{number}") for number in range(7)]
    for number, who in enumerate(people):
        for days in range(0, number * 70, 70):
            records.call(who, days)
        if number % 2:
            records.rate(who, "capacity", number * 80, amount=100)
    ids, where = [one.id for one in people], asking["Cultivation"].id
    together = findings(session, ids, where, on=TODAY)
    alone: dict[int, Any] = {}
    for one in ids:
        alone |= findings(session, [one], where, on=TODAY)
    assert together == alone
    assert any(one.proof for each in together.values() for one in each)

    def statements(some: Sequence[int]) -> int:
        session.expire_all()
        with counted(session) as sent:
            findings(session, some, where, on=TODAY)
        return len(sent)

    assert statements(ids) == statements(ids[:1])


def test_criteria_that_cannot_be_read(
    session: Session, stage: dict[str, Stage], records: Records, change: ChangeSet
) -> None:
    where, wrong = stage["Cultivation"].id, {"field": "shoe_size", "operator": "equals", "value": 9}
    with pytest.raises(Invalid, match="shoe_size"):
        add_evidence(session, where, EvidenceDraft("Shoes", "moves", wrong), within=change)
    row = add_evidence(session, where, EvidenceDraft("Shoes", "moves"), within=change)
    row.criteria = wrong
    session.flush()
    anna = records.prospect("Anna")
    records.call(anna, 1)
    (found,) = findings(session, [anna.id], where, on=TODAY)[anna.id]
    assert (found.proof, "shoe_size" in found.problem) == (None, True)


@pytest.mark.parametrize(
    ("draft", "word"),
    [
        (EvidenceDraft(" "), "name"),
        (EvidenceDraft("x", "stars"), "source"),
        (EvidenceDraft("x", "moves", at_least=0), "at_least"),
        (EvidenceDraft("x", "moves", within_days=0), "within_days"),
    ],
)
def test_evidence_that_is_refused(
    session: Session, stage: dict[str, Stage], change: ChangeSet, draft: EvidenceDraft, word: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add_evidence(session, stage["Cultivation"].id, draft, within=change)
    assert refused.value.field == word


def test_evidence_is_kept_in_order(session: Session, stage: dict[str, Stage], change: ChangeSet) -> None:
    where = stage["Cultivation"].id
    rows = [add_evidence(session, where, EvidenceDraft(name), within=change) for name in ("One", "Two", "Three")]

    def names() -> list[str]:
        return [row.name for row in evidence_of(session, [where]).get(where, [])]

    move_evidence(session, rows[2].id, -2, within=change)
    assert names() == ["Three", "One", "Two"]
    change_evidence(session, rows[0].id, EvidenceDraft("  The  first "), within=change)
    retire_evidence(session, rows[1].id, within=change)
    assert names() == ["Three", "The first"]
    set_evidence(session, where, [EvidenceDraft("New"), EvidenceDraft("Three", "moves")], within=change)
    assert names() == ["New", "Three"]
    assert rows[2].source == "moves"


PROOF = Proof("moves", 7, TODAY, "A call")
lists = st.lists(st.booleans(), max_size=6)


@given(proven=lists, confirmed=st.frozensets(st.integers(0, 5)), claim=st.sampled_from(["", "She asked us to"]))
def test_each_thing_is_met_once(proven: list[bool], confirmed: frozenset[int], claim: str) -> None:
    rows = [Finding(at, f"No {at}", PROOF if yes else None) for at, yes in enumerate(proven)]
    vouched = Vouched(confirmed, claim)
    if missing(rows, vouched) and not claim:
        with pytest.raises(Invalid) as refused:
            met(rows, vouched, stage="Cultivation")
        assert refused.value.field == "claim"
        return
    found = met(rows, vouched, stage="Cultivation")
    assert [one.evidence_id for one in found] == [one.evidence_id for one in rows]
    for one, yes in zip(found, proven, strict=True):
        wanted = PROVEN if yes else CONFIRMED if one.evidence_id in confirmed else CLAIMED
        assert (one.how, one.row_id, one.reason) == (
            wanted, 7 if yes else None, claim if wanted == CLAIMED else "",
        )  # fmt: skip


@given(before=st.integers(1, 9), after=st.integers(1, 9))
def test_a_step_is_back_when_its_place_is_before(before: int, after: int) -> None:
    assert direction(before, after) == (BACK if after < before else FORWARD)
