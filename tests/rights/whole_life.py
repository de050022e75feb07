"""One person with a row in every table that may hold them, and a word planted in every text of theirs."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import Grant, User
from donors.constituents.household import join
from donors.constituents.matching.models import DuplicatePair, NotDuplicate
from donors.constituents.records import Address, Email, PhoneNumber
from donors.constituents.spans import Span
from donors.core.changes import amend, insert
from donors.core.db import Base
from donors.giving.gift_input import CreditInput, GiftInput
from donors.giving.models import GiftAdjustment
from donors.leads.models import Lead, LeadAttempt, LeadConsent, LeadEntry
from donors.levels.models import Effect, EffectRun, Level, Notice, Ruling, Standing, Track
from donors.mail.models import Bounce, Contact, ContactRefusal, Outbox
from donors.pipeline.asks.models import Opportunity, OpportunityEntry, OpportunityGift, Proposal, ProposalFile
from donors.pipeline.evidence.models import Evidence, EvidenceKept
from donors.pipeline.models import Assignment, Move, Presence, Prospect, StageEntry
from donors.pipeline.odds.models import HotClaim
from donors.pipeline.queries.stages import pipelines, stages
from donors.pipeline.standard import install_standard
from donors.plans.dates import DateRule
from donors.plans.models import Task
from donors.plans.starts.models import StartRule, StartRun
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.research.models import Rating
from donors.volunteering.models import Shift
from donors.workflows.gifts import record_gifts
from donors.workflows.plans import start_plan
from donors.workflows.refresh import refresh_constituents
from tests.constituents.people import AT, TODAY, change, home, person
from tests.rights.places import said


def template(session: Session, name: str = "Welcome") -> int:
    """A plan of one call in two days."""
    return create(session, TemplateDraft(name, (Draft("Call", 2),), rule=DateRule()), within=change(session)).id


class Life:
    """The person, the other one who shares their household and a gift, and who works here."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.within = change(session)
        self.user = self.add(User(email="olive@example.org", name="Olive", role="officer"))
        self.other = person(session, "Ben Cole")
        self.who = person(
            session, "Quetzal Quetzalcoatl", nickname="Quetzi", note=said("sings"), born_on=date(1950, 2, 3),
            emails=(Email("quetzal@example.org", said("home")),), phones=(PhoneNumber("+1 555 0100", said("mobile")),),
            addresses=(Address(said("street 1"), said("city"), said("region"), "QUETZAL", "US"),),
            external_ids=(("crm", "quetzal-7"),),
        )  # fmt: skip
        self.home = home(session)
        for one in (self.who, self.other):
            join(session, self.home, one, span=Span(None, None), within=change(session))
        self._giving()
        self._pipeline()
        self._plans()
        self._mail()
        self._levels()
        self._rest()
        everybody = (self.who.id, self.other.id, self.home.id)
        refresh_constituents(session, everybody, within=change(session), on=TODAY)

    def add(self, row: Any) -> Any:
        """A row of the same change set."""
        return insert(self.session, row, within=self.within)

    def _giving(self) -> None:
        wanted = GiftInput(self.who.id, 12_345, TODAY, note=said("gift"), credits=(CreditInput(self.other.id, 5_000),))
        self.gift = record_gifts(self.session, [wanted], within=change(self.session), on=TODAY)[0]
        self.add(
            GiftAdjustment(gift_id=self.gift, kind="correction", amount=0, base_amount=0, adjusted_on=TODAY,
                           recorded_at=AT, reason=said("correction"))
        )  # fmt: skip
        self.add(
            Shift(constituent_id=self.who.id, worked_on=TODAY, minutes=90, fiscal_year=2026, recorded_at=AT,
                  note=said("shift"))
        )  # fmt: skip

    def _pipeline(self) -> None:
        install_standard(self.session, within=change(self.session))
        pipeline = pipelines(self.session)[0].id
        stage = stages(self.session, pipeline)[0].id
        id_ = self.who.id
        self.prospect = self.add(
            Prospect(constituent_id=id_, pipeline_id=pipeline, stage_id=stage, in_stage_since=TODAY,
                     strategy=said("strategy"), snoozed_why=said("snoozed"), closed_reason=said("closed"))
        )  # fmt: skip
        entry = self.add(
            StageEntry(
                prospect_id=self.prospect.id, to_stage_id=stage, entered_on=TODAY, recorded_at=AT, why=said("in")
            )
        )
        thing = self.add(Evidence(stage_id=stage, position=9, name="Spoke"))
        self.add(EvidenceKept(stage_entry_id=entry.id, evidence_id=thing.id, how="claimed", reason=said("claimed")))
        self.add(
            HotClaim(prospect_id=self.prospect.id, stage_id=stage, claimed_on=TODAY, recorded_at=AT,
                     until_on=TODAY + timedelta(30), amount=1, odds=50, why=said("hot"))
        )  # fmt: skip
        ask = self.add(
            Opportunity(prospect_id=self.prospect.id, purpose=said("organ"), amount=1000, status_since=TODAY,
                        opened_on=TODAY)
        )  # fmt: skip
        self.add(
            OpportunityEntry(opportunity_id=ask.id, happened_on=TODAY, recorded_at=AT, status="planned",
                             why=said("opened"))
        )  # fmt: skip
        self.add(OpportunityGift(opportunity_id=ask.id, gift_id=self.gift))
        paper = self.add(
            Proposal(opportunity_id=ask.id, number=1, file_name=said("paper.pdf"), media_type="application/pdf", size=9,
                     digest=said("digest"), note=said("paper"), reason=said("returned"), uploaded_at=AT)
        )  # fmt: skip
        self.add(ProposalFile(proposal_id=paper.id, content=said("content").encode()))
        move = self.add(
            Move(constituent_id=id_, prospect_id=self.prospect.id, officer_id=self.user.id, state="made",
                 purpose=said("visit"), method="visit", made_on=TODAY, outcome="positive", report=said("report"),
                 recorded_at=AT)
        )  # fmt: skip
        self.secret = self.add(
            Move(constituent_id=id_, state="made", purpose=said("secret"), made_on=TODAY, report=said("secret report"),
                 confidential_to=self.user.id, recorded_at=AT)
        )  # fmt: skip
        self.add(Presence(move_id=move.id, name=said("companion")))
        elsewhere = self.add(
            Move(constituent_id=self.other.id, state="made", purpose="Lunch", made_on=TODAY, recorded_at=AT)
        )
        self.add(Presence(move_id=elsewhere.id, constituent_id=id_))
        self.add(
            Assignment(
                constituent_id=id_, officer_id=self.user.id, from_on=TODAY, reason=said("charge"), recorded_at=AT
            )
        )

    def _plans(self) -> None:
        plan_of = template(self.session)
        plan = start_plan(self.session, self.who.id, plan_of, cause="by hand", within=change(self.session), on=TODAY)
        amend(self.session, plan, within=self.within, ended_reason=said("ended"), anchors={"birthday": said("day")})
        self.task = self.add(
            Task(constituent_id=self.who.id, subject=said("task"), note=said("note"), outcome=said("outcome"),
                 reason=said("reason"), trouble=said("trouble"), original_due_on=TODAY, due_on=TODAY, recorded_at=AT)
        )  # fmt: skip
        rule = self.add(StartRule(event="first gift", template_id=plan_of, numbers={}, since=TODAY))
        self.add(
            StartRun(rule_id=rule.id, constituent_id=self.who.id, happening="gift/1", happened_on=TODAY, ran_on=TODAY,
                     outcome="refused", why=said("run"))
        )  # fmt: skip

    def _mail(self) -> None:
        id_ = self.who.id
        texts = {name: said(name) for name in ("subject", "text_body", "html_body", "last_error")}
        at = {"next_try_at": AT, "to_address": "quetzal@example.org", **texts}
        mail = self.add(Outbox(key="mail/1", state="sent", constituent_id=id_, purpose="thanks", sent_at=AT, **at))
        self.waiting = self.add(Outbox(key="mail/2", state="held", constituent_id=id_, purpose="service", **at))
        self.add(
            Outbox(key="digest/1", state="sent", next_try_at=AT, to_address="olive@example.org", subject="Today",
                   text_body="Call Quetzal Quetzalcoatl at quetzal@example.org")
        )  # fmt: skip
        self.add(
            Bounce(
                key="b1", folded="quetzal@example.org", mail_id=mail.id, is_final=True, said=said("no"), received_at=AT
            )
        )
        self.add(
            Contact(
                constituent_id=id_,
                channel="email",
                purpose="thanks",
                happened_on=TODAY,
                key="c1",
                about=said("thanks"),
                mail_id=mail.id,
            )
        )
        self.add(
            ContactRefusal(
                constituent_id=id_,
                channel="email",
                purpose="ask",
                refused_on=TODAY,
                key="r1",
                about=said("ask"),
                reason=said("no"),
            )
        )

    def _levels(self) -> None:
        id_ = self.who.id
        track = self.session.scalars(select(Track).order_by(Track.id)).first()
        assert track is not None
        level = self.session.scalars(select(Level).where(Level.track_id == track.id)).first()
        standing = self.session.scalars(select(Standing).where(Standing.constituent_id == id_)).first()
        assert level is not None and standing is not None
        effect = self.add(Effect(track_id=track.id, occasion="rise", act="notice"))
        run = self.add(
            EffectRun(
                effect_id=effect.id,
                constituent_id=id_,
                standing_id=standing.id,
                ran_on=TODAY,
                outcome="done",
                why=said("run"),
            )
        )
        self.add(Notice(run_id=run.id, user_id=self.user.id))
        self.add(
            Ruling(
                constituent_id=id_,
                track_id=track.id,
                kind="freeze",
                from_on=TODAY,
                reason=said("ruling"),
                recorded_at=AT,
            )
        )

    def _rest(self) -> None:
        id_ = self.who.id
        self.add(
            Rating(
                constituent_id=id_,
                kind="interest",
                score=3,
                rated_on=TODAY,
                source=said("news"),
                note=said("rating"),
                recorded_at=AT,
            )
        )
        self.add(Grant(user_id=self.user.id, constituent_id=id_, reason=said("grant")))
        self._rows_of(
            "consent",
            channel="email",
            granted=True,
            given_on=TODAY,
            source=said("form"),
            wording=said("yes"),
            recorded_at=AT,
        )
        low, high = sorted((id_, self.other.id))
        self.add(NotDuplicate(low_id=low, high_id=high, note=said("cousins")))
        pair = {"low_id": low, "high_id": high, "kind": "person", "probability": 6_000, "found_at": AT, "group_id": low}
        self.session.add(DuplicatePair(reasons={"said": [[said("name"), 3]]}, **pair))
        self._rows_of("relationship", other_id=self.other.id, kind="friend", note=said("since school"))
        self._rows_of(
            "person_request", kind="access", received_on=TODAY, due_on=TODAY, note=said("letter"), recorded_at=AT
        )
        texts = {
            name: said(name)
            for name in (
                "given_name",
                "family_name",
                "email",
                "message",
                "source_note",
                "introduced_by",
                "closed_reason",
            )
        }
        lead = self.add(
            Lead(
                constituent_id=id_,
                status="working",
                source="event",
                received_at=AT,
                interests=[said("music")],
                key=said("key"),
                **texts,
            )
        )
        told = {"subject": said("new lead"), "text_body": said("message"), "to_address": "olive@example.org"}
        self.add(Outbox(key=f"lead/{lead.id}/new/1", state="sent", next_try_at=AT, **told))
        self.add(LeadEntry(lead_id=lead.id, status="new", happened_on=TODAY, recorded_at=AT, why=said("came")))
        self.add(LeadConsent(lead_id=lead.id, channel="email", granted=True, wording=said("yes"), given_on=TODAY))
        self.add(LeadAttempt(lead_id=lead.id, tried_at=AT, method="call", outcome="reached", note=said("tried")))
        self.add(Lead(introducer_id=id_, source="referral", received_at=AT, given_name="Cleo", status="new"))

    def _rows_of(self, table: str, **values: Any) -> Any:
        model = next(one.class_ for one in Base.registry.mappers if one.local_table.name == table)
        return self.add(model(constituent_id=self.who.id, **values))
