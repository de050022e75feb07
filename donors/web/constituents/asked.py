"""What an address of the list asks for: columns, conditions, words, order, a kept view."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g, request
from werkzeug.datastructures import MultiDict

from donors.accounts.permissions import CARRIES
from donors.core.criteria.describe import describe
from donors.core.criteria.tree import AnyOf, Criteria
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet
from donors.core.paging import Paging, Sort, read_paging
from donors.segments.members import Wanted, fields
from donors.segments.models import Segment
from donors.segments.queries import segment
from donors.web.criteria.tokens import Group, criteria_of, read, stored, together, write
from donors.web.past import Past, past
from donors.web.session import viewer

DEFAULT = ("name", "kind", "city", "level", "last_gift_on", "last_365_days_total", "lifetime_total")
MOST_COLUMNS = 20
NOBODY = AnyOf(())


@dataclass(frozen=True)
class Condition:
    """One of the outermost conditions: what the address is without it, and its words."""

    without: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Asked:
    """A list as it was asked for. `problems` are sentences on what could not be read; such a list is empty.

    `root` are its conditions, those of its view or those of the address in their stead.
    """

    wanted: Wanted
    paging: Paging
    known: FieldSet
    root: Group
    conditions: tuple[Condition, ...]
    view: Segment | None
    past: Past
    problems: tuple[str, ...]

    @property
    def columns(self) -> tuple[Field, ...]:
        """The fields shown."""
        return tuple(self.known[name] for name in self.wanted.fields)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The conditions as an address holds them."""
        return tuple(token for part in self.root.parts for token in write(part))

    @property
    def is_changed(self) -> bool:
        """Whether the conditions are others than those of the view."""
        return self.view is not None and self.root != stored(self.view.criteria)

    @property
    def sentence(self) -> str:
        """All conditions in one sentence; empty where there are none, or where one cannot be read."""
        if self.problems or not self.conditions:
            return ""
        return describe(self.wanted.criteria, self.known, g.organization)


def asked(session: Session, args: MultiDict[str, str]) -> Asked:
    """Reads an address. Raises NotFound for a view that is not the viewer's."""
    known = fields(session).seen_with(CARRIES[viewer().role])
    number = args.get("view", "")
    view = segment(session, int(number), sees=viewer().sees) if number.isascii() and number.isdigit() else None
    problems: list[str] = []
    root = _root(args, view)
    conditions, asked_for = _conditions(root, known, problems)
    columns = _columns(args.getlist("col"), view, known)
    sort = args.get("sort") or (view.sort if view else "name")
    paging = read_paging(args.get("page"), args.get("size"), sort, fields=known)
    then = past(args)
    wanted = Wanted(
        columns,
        NOBODY if problems else together(root.join, asked_for),
        args.get("q", "").strip()[:100],
        as_of=then.on if then.is_past else None,
        known_at=then.instant,
        rules=then.rules,
    )
    paging = paging if paging.sort else _by_name(paging)
    return Asked(wanted, paging, known, root, conditions, view, then, tuple(problems))


def here_asked(session: Session) -> Asked:
    """What the address of this request asks for."""
    return asked(session, request.args)


def _root(args: MultiDict[str, str], view: Segment | None) -> Group:
    """What the address says, were it only that there are no conditions; else what the view says."""
    if "f" in args or "match" in args or view is None:
        return read(args.getlist("f"), args.get("match", "all"))
    return stored(view.criteria)


def _conditions(root: Group, known: FieldSet, problems: list[str]) -> tuple[tuple[Condition, ...], list[Criteria]]:
    shown, criteria = [], []
    for place, part in enumerate(root.parts):
        words = " ".join(write(part)).replace("|", " ")
        try:
            one = criteria_of(part, known, g.organization)
            criteria.append(one)
            words = describe(one, known, g.organization).rstrip(".")
        except Invalid as error:
            problems.append(error.message)
        rest = (*root.parts[:place], *root.parts[place + 1 :])
        shown.append(Condition(tuple(token for each in rest for token in write(each)), words))
    return tuple(shown), criteria


def _columns(asked_for: Iterable[str], view: Segment | None, known: FieldSet) -> tuple[str, ...]:
    chosen = [name for name in dict.fromkeys(asked_for) if name in known]
    kept = [name for name in view.columns.get("names", ()) if name in known] if view else []
    shown = chosen or kept or [name for name in DEFAULT if name in known]
    return tuple(dict.fromkeys(["name", *shown]))[:MOST_COLUMNS]


def _by_name(paging: Paging) -> Paging:
    return Paging(paging.number, paging.size, (Sort("name"),))
