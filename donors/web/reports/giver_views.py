"""The people behind a number on givers: searched, sorted, paged, chosen, and taken out as a file."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Response, g, render_template, request

from donors.core.db import Session, current_session
from donors.core.errors import Blocked, NotFound
from donors.core.paging import Page as Turned
from donors.core.paging import Paging, Sort, read_paging
from donors.mail.decide import CHANNELS, Channel, Facts, may_reach
from donors.mail.facts import facts_of_many
from donors.reports.giver_list import SORTS, WHICH, Giver, Whom, all_givers, givers
from donors.reports.givers import years_of
from donors.reports.plain.givers import giver_document, giver_rows
from donors.reports.years import Year
from donors.web.constituents.chosen_views import Page, lead
from donors.web.reports.asked_givers import AskedGivers, asked_givers, whom, year_words
from donors.web.reports.files import answer
from donors.web.reports.memory import memory

MOST_CHOSEN = 500
KEPT = ("which", "year", "first", "track", "level", "q", "sort", "by", "as_of", "unit", "soft")


@dataclass(frozen=True)
class Listed:
    """The list that an address asks for. `keep` says it again."""

    asked: AskedGivers
    years: tuple[Year, ...]
    whom: Whom
    paging: Paging

    @property
    def keep(self) -> dict[str, str]:
        """The arguments of the address."""
        return {name: request.args[name] for name in KEPT if request.args.get(name)}


def listed(session: Session, *, which: Collection[str] = WHICH, usual: str = "givers") -> Listed:
    """Reads the address of this request: one of the groups `which`. Raises NotFound."""
    asked = asked_givers()
    known = years_of(session, asked.question)
    args = {"which": usual, **request.args}
    if args["which"] not in which:
        raise NotFound("group", args["which"])
    chosen = whom(session, args, known)
    paging = read_paging(request.args.get("page"), "50", request.args.get("sort"), fields=SORTS)
    first = Sort("this" if chosen.which in WITH_GIFTS else "last", descending=True)
    return Listed(asked, known, chosen, paging if paging.sort else Paging(paging.number, paging.size, (first,)))


WITH_GIFTS = frozenset({"givers", "new", "recaptured", "upgraded"})
"""Groups of those whose money of the year itself counts most."""


def givers_page() -> str:
    """A page of the list."""
    session = current_session()
    wanted = listed(session)
    page = givers(session, wanted.asked.question, wanted.whom, wanted.paging, memory=memory())
    return render_template(
        "reports/givers.html", title=WHICH[wanted.whom.which], **shown(session, wanted, page), words=year_words
    )


def shown(session: Session, wanted: Listed, page: Turned[Giver]) -> dict[str, Any]:
    """What templates of lists of givers need."""
    return {
        "wanted": wanted,
        "asked": wanted.asked,
        "page": page,
        "sort": str(wanted.paging.sort[0]),
        "contact": {one: contact(facts) for one, facts in _facts(session, page).items()},
        "year_of": {year.place: year_words(year) for year in wanted.years},
    }


def _facts(session: Session, page: Turned[Giver]) -> dict[int, dict[Channel, Facts]]:
    return facts_of_many(session, [one.id for one in page.rows], on=g.today)


@dataclass(frozen=True)
class Contact:
    """May we write or call? `words` for the list, `why` behind them, `tone`: good, soon or down."""

    words: str
    why: str
    tone: str


NAMES: dict[Channel, str] = {"email": "e-mail", "phone": "phone", "post": "post"}


def contact(facts: dict[Channel, Facts]) -> Contact:
    """What the contact gate says of all channels, in a word or two."""
    answers = {channel: may_reach(facts[channel], channel=channel) for channel in CHANNELS}
    asked = [NAMES[channel] for channel in CHANNELS if answers[channel].allowed]
    if asked:
        return Contact(", ".join(asked), "There is consent.", "good")
    unasked = [one for one in CHANNELS if may_reach(facts[one], channel=one, needs_consent=False).allowed]
    if unasked:
        said = "Nobody has asked for consent yet; not refused: " + ", ".join(NAMES[one] for one in unasked)
        return Contact("not asked", said + ".", "soon")
    return Contact("no", answers["email"].reason, "down")


def givers_file() -> Response:
    """The whole list as a file."""
    session = current_session()
    wanted = listed(session)
    people = all_givers(session, wanted.asked.question, wanted.whom, wanted.paging)
    rows = giver_rows(people, wanted.years, g.organization)
    about = wanted.asked.keep | wanted.keep
    return answer("givers", about, lambda: rows, lambda: giver_document(wanted.asked.question, wanted.whom, rows))


def givers_chosen() -> Page:
    """Leads the chosen rows, or all of the list, to the page of an act of the list of constituents."""
    ids = request.form.getlist("ids")
    return lead(request.form.get("act", ""), {"ids": _everybody() if request.form.get("everybody") else ids})


def _everybody() -> list[int]:
    """The ids of all of the list. Raises Blocked where they are more than an act takes."""
    session = current_session()
    wanted = listed(session)
    page = givers(session, wanted.asked.question, wanted.whom, Paging(1, MOST_CHOSEN, wanted.paging.sort))
    if page.total > MOST_CHOSEN:
        words = f"The list holds {page.total}. Choose at most {MOST_CHOSEN} at once: search, or go page by page."
        raise Blocked("These are too many at once", (words,))
    return [one.id for one in page.rows]
