"""The filter of the list: the form in which conditions and groups are put together."""

from flask import g, request, url_for

from donors.core.criteria.tree import Criteria
from donors.core.db import current_session
from donors.segments.members import Wanted, members
from donors.web.constituents.asked import here_asked
from donors.web.constituents.list_views import KEPT
from donors.web.criteria.narrow import Narrowing, Page, narrow
from donors.web.session import viewer

OWN = ("f", "match", "page")


def filter_page() -> Page:
    """The conditions of a list in a form."""
    session = current_session()
    asked = here_asked(session)

    def count(criteria: Criteria) -> int:
        wanted = Wanted((), criteria, asked.wanted.text)
        return members(session, wanted, asked.paging, sees=viewer().sees, on=g.today).total

    names = [name for name in KEPT if name not in OWN]
    keep = [(name, value) for name in names for value in request.args.getlist(name)]
    here = url_for(".index")
    return narrow(Narrowing("Constituents", "constituent", here, keep, asked.root, asked.known, count, (("f", ""),)))
