"""The page on which the conditions of a list are put together: the same for every list that takes them."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response

from donors.core.criteria.describe import describe
from donors.core.criteria.tree import Criteria
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.web.criteria.builder import PERIODS, acted, finished, offered, problems, shown, typed
from donors.web.criteria.tokens import Group, Line, criteria_of

Page = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Narrowing:
    """A list that takes conditions: its title, what it lists (`lead`), its address and what of it stays (`keep`).

    `root` are the conditions as they stand, `known` the fields that they may name, `count` tells how many answer.
    `cleared` stands in the address where there are none, for a list that would fall back on those of a kept view.
    """

    title: str
    noun: str
    address: str
    keep: list[tuple[str, str]]
    root: Group
    known: FieldSet
    count: Callable[[Criteria], int]
    cleared: tuple[tuple[str, str], ...] = ()

    def at(self, root: Group) -> str:
        """The address of the list with these conditions."""
        join = [("match", root.join)] if root.join != "all" else []
        tokens = [("f", token) for token in finished(root)] or self.cleared
        return f"{self.address}?{urlencode([*self.keep, *join, *tokens])}"

    def said(self, root: Group) -> tuple[str, int] | None:
        """The conditions read back, and how many answer to them; none while a line cannot be read."""
        try:
            criteria = criteria_of(root, self.known, g.organization)
        except Invalid:
            return None
        return describe(criteria, self.known, g.organization), self.count(criteria)


def narrow(wanted: Narrowing) -> Page:
    """The conditions in a form. Once they are whole, they lead to the list of those who answer to them."""
    pairs = parse_qsl(request.query_string.decode(errors="replace"), keep_blank_values=True)
    sent, act = any(name == "open" for name, _ in pairs), request.args.get("act", "")
    root = acted(typed(pairs) if sent else wanted.root, act)
    wrong = problems(shown(root, wanted.known, g.organization, judged=act == "apply"))
    if act == "apply" and not wrong:
        return redirect(wanted.at(root), 303)
    root = root if root.parts else Group(root.join, (Line(),))
    page = render_template(
        "criteria/filter.html",
        list=wanted,
        tree=shown(root, wanted.known, g.organization, judged=bool(wrong)),
        fields=offered(wanted.known.values()),
        periods=PERIODS,
        said=wanted.said(root),
        back=wanted.at(wanted.root),
    )
    return (page, 422) if wrong else page
