"""Tables of constituents and of the ties among them."""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Day, Editable, Recorded

PERSON, HOUSEHOLD, ORGANIZATION = "person", "household", "organization"
KINDS = (PERSON, HOUSEHOLD, ORGANIZATION)

Comparable = Annotated[str, mapped_column(Text().with_variant(Text(collation="C"), "postgresql"))]
"""Folded text that is sorted and searched by its beginning: in order of code points on both databases."""


class Constituent(Editable, Base):
    """A person, a household or an organization.

    `name` is what pages show, `sort_name` what lists sort by, `search_text` the folded text that search reads.
    `is_unknown_giver` marks the one constituent that stands for all givers who are not known; it has no level,
    no plan and no retention. `is_anonymous` is a person who always wants the name hidden in outputs.
    `named_by_key` says that the name is only a key from a file, until somebody finds the real one.
    `confidential` rows are seen only by those with a grant. `deleted_at` is soft: the row stays, lists leave it out.
    `objected_on`, `restricted_on` and `erased_on` are the days from which somebody's rights hold: see `restraint.py`.
    """

    __tablename__ = "constituent"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'household', 'organization')", name="kind"),
        Index("ix_constituent_sort_name_id", "sort_name", "id"),
        Index("ix_constituent_search_text", "search_text"),
        Index(
            "uq_constituent_unknown_giver",
            "is_unknown_giver",
            unique=True,
            sqlite_where=text("is_unknown_giver"),
            postgresql_where=text("is_unknown_giver"),
        ),
    )

    kind: Mapped[str]
    name: Mapped[str]
    sort_name: Mapped[Comparable]
    search_text: Mapped[Comparable] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    middle_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    suffix: Mapped[str] = mapped_column(default="")
    nickname: Mapped[str] = mapped_column(default="")
    formal_salutation: Mapped[str] = mapped_column(default="")
    informal_salutation: Mapped[str] = mapped_column(default="")
    addressee: Mapped[str] = mapped_column(default="")
    born_on: Mapped[date | None]
    is_deceased: Mapped[bool] = mapped_column(default=False)
    deceased_on: Mapped[date | None]
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    is_unknown_giver: Mapped[bool] = mapped_column(default=False)
    named_by_key: Mapped[bool] = mapped_column(default=False)
    do_not_contact: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    deleted_at: Mapped[datetime | None]
    objected_on: Mapped[date | None]
    restricted_on: Mapped[date | None]
    erased_on: Mapped[date | None]


class HouseholdMembership(Editable, Base):
    """A person in a household from a day (none: always) to the day before `to_on` (none: still)."""

    __tablename__ = "household_membership"
    __table_args__ = (
        Index("ix_household_membership_household_id", "household_id", "constituent_id"),
        CheckConstraint("to_on IS NULL OR from_on IS NULL OR from_on < to_on", name="order"),
    )

    household_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    role: Mapped[str] = mapped_column(default="member")
    from_on: Mapped[date | None] = mapped_column(Day)
    to_on: Mapped[date | None] = mapped_column(Day)
    recorded_at: Mapped[datetime]


class Relationship(Editable, Base):
    """A named, dated tie: `constituent` is the `kind` (spouse, employer) of `other`, who is its `reverse`."""

    __tablename__ = "relationship"

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    kind: Mapped[str]
    reverse: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")


class EmailAddress(Editable, Base):
    """An e-mail address; an inactive one is kept. `folded` is compared, `address` is written to."""

    __tablename__ = "email_address"

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    address: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)
    label: Mapped[str] = mapped_column(default="")
    is_primary: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class Phone(Editable, Base):
    """A telephone number; `digits` is compared. An inactive one is kept."""

    __tablename__ = "phone"

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    number: Mapped[str]
    digits: Mapped[str] = mapped_column(index=True)
    label: Mapped[str] = mapped_column(default="")
    is_primary: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class PostalAddress(Editable, Base):
    """A postal address; an inactive one is kept. `country` is an ISO 3166 code or empty."""

    __tablename__ = "postal_address"

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    street: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="", index=True)
    country: Mapped[str] = mapped_column(default="")
    label: Mapped[str] = mapped_column(default="")
    is_primary: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class Consent(Recorded, Base):
    """What a constituent said about a channel, on a day, in which words, from which source. The newest row rules."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_constituent_id_channel", "constituent_id", "channel", "id"),)

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    channel: Mapped[str]
    granted: Mapped[bool]
    given_on: Mapped[date]
    source: Mapped[str]
    wording: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]


class ExternalId(Recorded, Base):
    """The id under which another system, the named source, knows a constituent."""

    __tablename__ = "external_id"
    __table_args__ = (Index("uq_external_id_source_value", "source", "value", unique=True),)

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    source: Mapped[str]
    value: Mapped[str]


class Alias(Recorded, Base):
    """The id of a merged constituent, which leads to the one that it became. Ids are never used again."""

    __tablename__ = "constituent_alias"

    old_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), unique=True)
    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)


class PersonRequest(Editable, Base):
    """That a person asked for one of their rights, by when it has to be answered, and how it was.

    `kind` is a word of `requests.KINDS`, `answer` one of `requests.ANSWERS` (empty: none yet), `lifted_on` the day on
    which an objection or a restriction that was followed ended.
    """

    __tablename__ = "person_request"
    __table_args__ = (
        CheckConstraint("kind IN ('access', 'correction', 'erasure', 'restriction', 'copy', 'objection')", name="kind"),
        CheckConstraint("answer IN ('', 'followed', 'refused', 'withdrawn')", name="answer"),
        Index(
            "ix_person_request_open",
            "due_on",
            "id",
            sqlite_where=text("answered_on IS NULL"),
            postgresql_where=text("answered_on IS NULL"),
        ),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), index=True)
    kind: Mapped[str]
    received_on: Mapped[date]
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="")
    lifted_on: Mapped[date | None]
    recorded_at: Mapped[datetime]


class SearchWord(Base):
    """One folded word by which search finds a constituent. Derived: rewritten with each change, never in the journal.

    `kind` is name, nickname, email, phone or external_id. `backward` is the word from its end, so that an index finds
    words by their end too: phone numbers without a prefix, names with a slip in their first half.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        CheckConstraint("kind IN ('name', 'nickname', 'email', 'phone', 'external_id')", name="kind"),
        Index("ix_search_word_word", "word", "kind", "constituent_id"),
        Index("ix_search_word_backward", "backward", "kind", "constituent_id"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[Comparable] = mapped_column(primary_key=True)
    backward: Mapped[Comparable]
