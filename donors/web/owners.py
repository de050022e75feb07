"""Pages of funds, campaigns and portfolios, and of the figures that they and constituents have: where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from donors.core.db import Session, current_session
from donors.core.paging import read_paging
from donors.rollups.definition import Definition, Source
from donors.rollups.families import family_of
from donors.rollups.marks import any_waits
from donors.rollups.owned import When, name_of, owned, owned_fields
from donors.rollups.owners import OWNERS
from donors.rollups.queries import definitions, figures_of
from donors.rollups.returned import tells
from donors.rollups.targets import Target
from donors.web.past import past
from donors.web.session import viewer

PER_PAGE = 50
FIRST = ("total", "this_fiscal_year_total", "last_fiscal_year_total", "count", "givers", "last_on")
"""Which of the standard figures a list shows, by the end of their keys, beside those that staff have defined."""

FOREMOST = ("total", "this_fiscal_year_total", "last_fiscal_year_total", "givers")
"""Those that stand first on the page of one."""


@dataclass(frozen=True)
class Place:
    """Where the owners of a kind stand: their list, their page and the reasons, as endpoints, with their arguments."""

    target: Target
    title: str
    one: str
    by_it: str
    listing: str
    shown: str
    reason: str
    id_as: str
    key_as: str = "key"

    def list(self, key: str) -> str:
        """The list with a figure among its columns, sorted by it."""
        columns = ["last_gift_on", key] if self.target is Target.CONSTITUENT else key
        return url_for(self.listing, col=columns, sort=f"-{key}")

    def page(self, id_: int) -> str:
        """The page of one."""
        names: dict[str, Any] = {self.id_as: id_}
        return url_for(self.shown, **names)

    def why(self, id_: int, key: str, **more: str | None) -> str:
        """The reasons of a figure."""
        names: dict[str, Any] = {self.id_as: id_, self.key_as: key, **more}
        return url_for(self.reason, **names)


def _place(target: Target, part: str, id_as: str) -> Place:
    one = target.value
    title, at = f"{one.capitalize()}s", f"{part}.{one}"
    return Place(target, title, one, f"{title} by it", f"{at}s", at, f"{at}_why", id_as, f"{one}_key")


PLACES: Mapping[Target, Place] = {
    Target.CONSTITUENT: Place(
        Target.CONSTITUENT,
        "Constituents",
        "constituent",
        "Constituents by it",
        "constituents.index",
        "constituents.story_page",
        "constituents.why",
        "constituent_id",
    ),
    Target.FUND: _place(Target.FUND, "giving", "fund_id"),
    Target.CAMPAIGN: _place(Target.CAMPAIGN, "giving", "campaign_id"),
    Target.PORTFOLIO: _place(Target.PORTFOLIO, "pipeline", "user_id"),
}
"""By the kind of owner."""


def list_of(target: Target) -> str:
    """The list of the owners of a kind, sorted by any of its figures, as of today or of a day."""
    session = current_session()
    known = _listed(session, target)
    asked = past(request.args)
    fields = owned_fields(session, OWNERS[target], known)
    text = request.args.get("q", "").strip()[:100]
    paging = read_paging(request.args.get("page"), str(PER_PAGE), request.args.get("sort", "name"), fields=fields)
    when = When(asked.on, asked.known_at(session)) if asked.is_past else None
    found = owned(session, OWNERS[target], known, paging, text=text, when=when)
    return render_template(
        "rollups/owners.html",
        place=PLACES[target],
        columns=known,
        page=found,
        text=text,
        past=asked,
        waiting=any_waits(session),
    )


def _listed(session: Session, target: Target) -> list[Definition]:
    """The figures of the list: a few of the standard ones, those of staff, and what the address asks for."""
    asked = set(request.args.getlist("col"))
    own = {f"{target}_{end}" for end in FIRST}
    usual = {one.key for one in definitions(session, target) if one.key.startswith(f"{target}_")}
    return [one for one in known_to(session, target) if one.key in own | asked or one.key not in usual]


def known_to(session: Session, target: Target) -> list[Definition]:
    """The figures of a kind of owner that the viewer may see."""
    return [one for one in definitions(session, target) if may_see(one)]


def may_see(one: Definition) -> bool:
    """Whether the viewer may see a figure, by what it is made of."""
    return viewer().may("giving.read" if one.source is Source.FORMULA else family_of(one.source).permission)


def page_of(target: Target, owner_id: int) -> str:
    """The figures of one fund, campaign or portfolio."""
    session = current_session()
    name = name_of(session, target, owner_id)
    values = figures_of(session, owner_id, target)
    figures = [(one, tells(session, one, values[one.key].value)) for one in known_to(session, target)]
    first = {f"{target}_{end}" for end in FOREMOST}
    return render_template(
        "rollups/owner.html",
        place=PLACES[target],
        id=owner_id,
        name=name,
        first=[each for each in figures if each[0].key in first],
        others=[each for each in figures if each[0].key not in first],
        waiting=any_waits(session),
    )
