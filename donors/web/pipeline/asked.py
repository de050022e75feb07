"""What an address of the board or the list asks for."""

from dataclasses import dataclass
from typing import Any

from flask import g, request
from werkzeug.datastructures import MultiDict

from donors.accounts.permissions import CARRIES
from donors.core.criteria.describe import describe
from donors.core.criteria.tree import AnyOf, Criteria
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.pipeline.models import Pipeline
from donors.pipeline.queries.board import SORTS
from donors.pipeline.queries.portfolio import sizes
from donors.pipeline.queries.sieve import ONLY, Matching, Sieve
from donors.pipeline.queries.stages import pipeline
from donors.pipeline.queries.swim import BY
from donors.segments.boards import BOARD
from donors.segments.members import fields
from donors.segments.models import Segment
from donors.segments.queries import segment
from donors.web.criteria.tokens import Group, criteria_of, read, stored, write
from donors.web.forms import number
from donors.web.session import viewer

ALL, NOBODY = "all", "nobody"
PLACE = ("pipeline", "officer", "only", "lanes")
"""What a kept view holds beside criteria and order."""
NONE_AT_ALL = AnyOf(())


@dataclass(frozen=True)
class Asked:
    """Which pipeline, whose prospects, narrowed how, in which order. `officer` is an id, `all` or `nobody`.

    `root` are the criteria as they stand in the address, or those of the kept view; `problem` says why they cannot be
    read, and then nobody answers. `lanes`: a key of BY, or empty.
    """

    pipeline: Pipeline
    officer: str
    only: str
    sort: str
    lanes: str
    stage_id: int | None
    page: int
    root: Group
    known: FieldSet | None
    view: Segment | None

    @property
    def criteria(self) -> Criteria:
        """The criteria; such that nobody answers where they cannot be read."""
        return NONE_AT_ALL if self.problem or self.known is None else criteria_of(self.root, self.known, g.organization)

    @property
    def problem(self) -> str:
        """Why the criteria cannot be read."""
        try:
            if self.known is not None:
                criteria_of(self.root, self.known, g.organization)
        except Invalid as error:
            return error.message
        return ""

    @property
    def sentence(self) -> str:
        """The criteria in words; empty where there are none."""
        if self.known is None or self.problem:
            return ""
        return describe(self.criteria, self.known, g.organization)

    @property
    def sieve(self) -> Sieve:
        """The same for the queries."""
        who = {ALL: None, NOBODY: 0}
        officer_id = who[self.officer] if self.officer in who else int(self.officer)
        matching = None if self.known is None else Matching(self.criteria, self.known, g.organization.fiscal)
        return Sieve(self.pipeline.id, officer_id, self.stage_id, matching, self.only)

    @property
    def tokens(self) -> list[str]:
        """The criteria as an address holds them."""
        return [token for part in self.root.parts for token in write(part)]

    @property
    def place(self) -> dict[str, str]:
        """Where the view is, beside criteria and order."""
        found = {"pipeline": str(self.pipeline.id), "officer": self.officer, "only": self.only, "lanes": self.lanes}
        return {name: value for name, value in found.items() if value}

    @property
    def keep(self) -> dict[str, Any]:
        """The arguments that lead here again."""
        found: dict[str, Any] = {**self.place, "sort": self.sort, "f": self.tokens}
        found["match"] = self.root.join if self.root.join != "all" and self.tokens else ""
        return {name: value for name, value in found.items() if value}

    @property
    def exactly(self) -> dict[str, Any]:
        """The same, with the one stage that a list is narrowed to."""
        return self.keep if self.stage_id is None else {**self.keep, "stage": self.stage_id}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same, one by one, for the hidden fields of forms."""
        each = ((name, value if isinstance(value, list) else [value]) for name, value in self.exactly.items())
        return [(name, one) for name, values in each for one in values]


def asked(session: Session) -> Asked:
    """Reads the address; what makes no sense falls away.

    Raises NotFound for a pipeline that there is not, and for a view that is not the viewer's.
    """
    named = number(request.args.get("view", ""))
    view = None if named is None else segment(session, named, sees=viewer().sees, subject=BOARD)
    args = _with_view(request.args, view)
    only, sort, lanes = args.get("only", ""), args.get("sort", "longest"), args.get("lanes", "")
    root = read(args.getlist("f"), args.get("match", "all")) if "f" in args or view is None else stored(view.criteria)
    return Asked(
        pipeline(session, number(args.get("pipeline", ""))),
        _officer(session, args.get("officer", "")),
        only if only in ONLY else "",
        sort if sort in SORTS else "longest",
        lanes if lanes in BY else "",
        number(args.get("stage", "")),
        max(1, number(args.get("page", "")) or 1),
        root,
        fields(session).seen_with(CARRIES[viewer().role]) if root.parts else None,
        view,
    )


def _with_view(args: MultiDict[str, str], view: Segment | None) -> MultiDict[str, str]:
    """The address, with what the view holds where the address does not say otherwise."""
    found: MultiDict[str, str] = MultiDict(args)
    if view is not None:
        for name, value in {**view.columns.get("place", {}), "sort": view.sort}.items():
            found.setdefault(name, value)
    return found


def _officer(session: Session, named: str) -> str:
    """Whose prospects: the viewer's own unless another is named or the viewer is in charge of nobody."""
    if named in (ALL, NOBODY) or number(named) is not None:
        return named
    return str(viewer().id) if sizes(session, on=g.today).get(viewer().id) else ALL
