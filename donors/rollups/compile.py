"""Many definitions as one statement, the same text for SQLite and PostgreSQL.

Definitions of one family of rows are computed together: those without criteria straight from the covering index, those
with criteria from rows that carry a flag for each of them, so that each is one pass.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, Subquery, case, false, null, or_, select, true

from donors.constituents.models import Constituent
from donors.core.criteria.compile import to_sql
from donors.core.criteria.tree import Criteria, fields_used
from donors.core.fields import Field
from donors.rollups.choice import Everybody, choice_name, chosen, deciding, joined_again, needs_row
from donors.rollups.definition import YEARLY, Definition, Operation, Source
from donors.rollups.extent import OF_PEOPLE, ON, Expression, Extent, Form, Scope, number, of_form, word
from donors.rollups.families import FAMILIES, Family, extended, family_of, with_year
from donors.rollups.flat import by_fiscal_years, counts, flat, goes_by_years
from donors.rollups.formulas import with_formulas
from donors.rollups.owners import owners_of
from donors.rollups.pools import Pool
from donors.rollups.results import figure
from donors.rollups.rows import Only
from donors.rollups.stages import RANKED, Task, YearsKey, distinct, ranks, runs, year_part, years, years_key
from donors.rollups.targets import OF_MANY, Target
from donors.rollups.wanted import Wanted

MOST_PASSES = 48
"""SQLite joins at most 64 tables: figures that need more passes are computed in halves."""


@dataclass(frozen=True)
class _Group:
    """Definitions of one kind of rows, over the stages that they need.

    `given` counts an owner's rows where the other stages hold only those that meet criteria.
    """

    tasks: list[Task]
    flat: CTE
    others: list[Subquery]
    everybody: Everybody | None
    given: CTE | None

    @property
    def stages(self) -> tuple[FromClause, ...]:
        """All that is joined, in order."""
        return (self.flat, *self.others, *([] if self.given is None else [self.given]))

    @property
    def any_row(self) -> ColumnElement[bool]:
        """The condition that a constituent has any row."""
        return (self.flat if self.given is None else self.given).c.owner_id.is_not(None)

    def figures(self) -> dict[str, Expression]:
        """The expression of each definition. Without any row of its source it is empty; zero means rows, none here."""
        found: dict[str, Expression] = {name: column for stage in self.stages for name, column in stage.c.items()}
        for task in self.tasks:
            if deciding(task) is not None:
                found[choice_name(task)] = self.everybody.chosen(task) if self.everybody else chosen(task, found)
        return {task.one.key: figure(task, found) for task in self.tasks}

    def joined_to(self, base: FromClause, owner_id: Any) -> FromClause:
        """The base with these stages joined to it."""
        for stage in self.stages:
            base = base.outerjoin(stage, stage.c.owner_id == owner_id)
        return base


@lru_cache(maxsize=64)
def figures(wanted: Wanted, extent: Extent) -> Select[Any]:
    """A select of the owner (`constituent_id`, or `owner_id` of others) and one column for each definition, by its key.

    Binds: those of `pools.day_binds` and of the extent. Covers owners with any row, or with stored figures.
    """
    owners = owners_of(extent.form)
    base, known, columns = _of_rows(wanted, extent)
    if not extent.fresh:
        known = or_(known, owners.has_figures)
    aimed = (_aimed(one, columns[one.key]).label(one.key) for one in wanted.definitions if one.key in columns)
    found = (
        select(owners.id.label(owners.key), *aimed)
        .select_from(base)
        .where(extent.holds(owners.id), of_form(extent), known)
    )
    return with_formulas(found, wanted, on=ON, tag=extent.tag)


def _of_rows(wanted: Wanted, extent: Extent) -> tuple[FromClause, ColumnElement[bool], dict[str, Expression]]:
    """Owners joined to all passes, the condition that one of them has any row, and the figures by key."""
    owners = owners_of(extent.form)
    groups = list(_groups(wanted, extent))
    if sum(len(group.stages) for group in groups) > MOST_PASSES and len(wanted.definitions) > 1:
        return _in_halves(wanted, extent)
    base: FromClause = owners.table
    columns: dict[str, Expression] = {}
    for group in groups:
        base = group.joined_to(base, owners.id)
        columns |= group.figures()
    return base, or_(false(), *(group.any_row for group in groups)), columns


def _in_halves(wanted: Wanted, extent: Extent) -> tuple[FromClause, ColumnElement[bool], dict[str, Expression]]:
    """The same by two statements within the statement, each with half of the definitions; like ones stay together."""
    ordered = sorted((one for one in wanted.definitions if one.source is not Source.FORMULA), key=_alike)
    middle, owners = len(ordered) // 2, owners_of(extent.form)
    base: FromClause = owners.table
    known: list[ColumnElement[bool]] = []
    columns: dict[str, Expression] = {}
    for place, half in enumerate((ordered[:middle], ordered[middle:])):
        own = replace(extent, tag=f"{extent.tag}_{place}")
        passes, any_row, found = _of_rows(replace(wanted, definitions=tuple(half)), own)
        made = (column.label(key) for key, column in found.items())
        figured = select(owners.id.label("owner_id"), *made).select_from(passes)
        whole = figured.where(extent.holds(owners.id), of_form(extent), any_row)
        part = whole.cte(f"half{own.tag}").prefix_with("MATERIALIZED")
        base = base.outerjoin(part, part.c.owner_id == owners.id)
        known.append(part.c.owner_id.is_not(None))
        columns |= {key: part.c[key] for key in found}
    return base, or_(*known), columns


def _alike(one: Definition) -> tuple[str, ...]:
    return (family_of(one.source).name, one.criteria, one.operation, str(one.years), str(one.frame))


def _aimed(one: Definition, made: Expression) -> Expression:
    if one.target in (Target.CONSTITUENT, *OF_MANY):
        return made
    return case((Constituent.kind == word(one.target), made), else_=null())


def _groups(wanted: Wanted, extent: Extent) -> list[_Group]:
    made = []
    for family in FAMILIES:
        own = [one for one in wanted.definitions if one.source in family.sources]
        by_index = extent.form in OF_PEOPLE
        plain = [one for one in own if by_index and not one.criteria and one.operation is not Operation.DISTINCT]
        late, early = _split(family, [one for one in own if one not in plain], wanted)
        if plain:
            made.append(_Rows(family, extent, wanted, family.name).group(plain))
        if late:
            made.append(_Rows(family, extent, wanted, f"{family.name}_met").group(late))
        for place, (tree, some) in enumerate(early.items()):
            made.append(_Rows(family, extent, wanted, f"{family.name}_only{place}", tree).group(some))
    return made


def _split(
    family: Family, definitions: list[Definition], wanted: Wanted
) -> tuple[list[Definition], dict[Criteria, list[Definition]]]:
    """Those whose criteria can be asked of whole rows, and those that come before, by their criteria."""
    late: list[Definition] = []
    early: dict[Criteria, list[Definition]] = {}
    for one in definitions:
        tree = wanted.tree(one)
        if tree is not None and family.early & set(fields_used(tree)):
            early.setdefault(tree, []).append(one)
        else:
            late.append(one)
    return late, early


class _Rows:
    """Makes a group: the rows with the columns that its definitions need, and the stages over them."""

    def __init__(self, family: Family, extent: Extent, wanted: Wanted, name: str, only: Criteria | None = None) -> None:
        self._family = family
        self._extent = extent
        self._wanted = wanted
        self._name = f"{name}{extent.tag}"
        self._only = only

    def group(self, definitions: list[Definition]) -> _Group:
        trees = {} if self._only is not None else dict(self._wanted.criteria)
        flags: dict[Criteria, str] = {}
        for one in definitions:
            if one.key in trees:
                flags.setdefault(trees[one.key], f"met{len(flags)}")
        tasks = [
            Task(one, Pool(one.source, one.frame, flags[trees[one.key]] if one.key in trees else ""))
            for one in definitions
        ]
        met_only = all(task.pool.flag for task in tasks)
        rows = self._rows(self._extent, definitions, flags, met_only=met_only)
        everybody = None
        if self._extent.seeks and not flags and self._only is None and not self._family.grouped:
            everybody = self._rows(replace(self._extent, scope=Scope.ALL), definitions, flags)
        counting = self._rows(self._extent, [], {}) if met_only else None
        return self._over(tasks, rows, everybody, counting)

    def flagged(self, flags: dict[Criteria, str]) -> Subquery:
        """The rows with a column for each of these criteria that says whether they meet it."""
        return self._rows(self._extent, [], flags)

    def _rows(
        self, extent: Extent, definitions: list[Definition], flags: dict[Criteria, str], *, met_only: bool = False
    ) -> Subquery:
        counted = {one.field for one in definitions if one.operation is Operation.DISTINCT}
        found = self._family.rows(extent, None if self._only is None else self._condition(self._only))
        rows = with_year(found, self._wanted.fiscal)
        columns: dict[str, Any] = {name: self._family.counted[name] for name in sorted(counted)}
        fields: list[Field] = []
        met = {name: self._condition(tree).condition for tree, name in flags.items()}
        for tree, name in flags.items():
            alone = met_only and len(flags) == 1
            columns[name] = number(1) if alone else case((met[name], number(1)), else_=number(0))
            fields += self._fields(tree)
        which = or_(false(), *met.values()) if met_only else true()
        whole = extended(rows, self._family, columns, tuple(fields), which) if columns else rows
        return whole if extent.form in OF_PEOPLE else _once(whole, f"{self._name}_{'rows' if columns else 'every'}")

    def _condition(self, tree: Criteria) -> Only:
        known = self._wanted.fields[next(iter(self._family.sources))]
        return Only(*to_sql(tree, known, on=date.min, fiscal=self._wanted.fiscal))

    def _fields(self, tree: Criteria) -> list[Field]:
        known = self._wanted.fields[next(iter(self._family.sources))]
        return [known.named(name) for name in fields_used(tree)]

    def _over(self, tasks: list[Task], rows: Subquery, everybody: Subquery | None, counting: Subquery | None) -> _Group:
        seeks = everybody is not None
        main, apart = self._apart(tasks)
        first = flat(main, rows, seeks=seeks).cte(f"{self._name}_flat")
        others = [flat(apart, rows, seeks=seeks).subquery(f"{self._name}_apart")] if apart else []
        others += list(self._yearly([task for task in tasks if task.one.operation in YEARLY], rows))
        if counted := [task for task in tasks if task.one.operation is Operation.DISTINCT]:
            others.append(distinct(counted, rows).subquery(f"{self._name}_distinct"))
        if sorting := [task for task in tasks if task.one.operation in RANKED]:
            others.append(ranks(sorting, rows).subquery(f"{self._name}_ranks"))
        if not seeks and (reading := [task for task in tasks if needs_row(task)]):
            others.append(joined_again(reading, rows, first).subquery(f"{self._name}_chosen"))
        given = None if counting is None else counts(tasks, counting).cte(f"{self._name}_given")
        return _Group(tasks, first, others, None if everybody is None else Everybody(everybody, first), given)

    def _apart(self, tasks: list[Task]) -> tuple[list[Task], list[Task]]:
        """The tasks of the main pass, and those that go by fiscal years in a pass of their own."""
        split = (self._extent.apart and goes_by_years(task) and deciding(task) is None for task in tasks)
        parts: dict[bool, list[Task]] = {True: [], False: []}
        for task, apart in zip(tasks, split, strict=True):
            parts[apart].append(task)
        return (parts[False], parts[True]) if parts[False] else (tasks, [])

    def _yearly(self, tasks: list[Task], rows: Subquery) -> list[Subquery]:
        by_key: dict[YearsKey, list[Task]] = {}
        for task in tasks:
            if not by_fiscal_years(task):
                by_key.setdefault(years_key(task), []).append(task)
        stages = []
        for place, (key, some) in enumerate(by_key.items()):
            running = [task for task in some if year_part(task.one) == "run"]
            if len(running) < len(some):
                stages.append(years(key, some, rows, self._wanted.fiscal).subquery(f"{self._name}_years{place}"))
            if running:
                stages.append(runs(key, running, rows, self._wanted.fiscal).subquery(f"{self._name}_runs{place}"))
        return stages


def _once(rows: Subquery, name: str) -> Any:
    """The rows, found once for all passes: no index holds those of funds, campaigns and portfolios in order."""
    return select(rows).cte(name).prefix_with("MATERIALIZED")


def rows_behind(wanted: Wanted, one: Definition, extent: Extent) -> Select[Any]:
    """The rows that a definition looks at: within its frame, meeting its criteria. Binds as `figures`."""
    family, tree = family_of(one.source), wanted.tree(one)
    if tree is not None and family.early & set(fields_used(tree)):
        rows, flag = _Rows(family, extent, wanted, family.name, tree).flagged({}), ""
    else:
        flag = "met0" if tree is not None else ""
        rows = _Rows(family, extent, wanted, family.name).flagged({tree: flag} if tree is not None else {})
    return select(rows).where(Pool(one.source, one.frame, flag).holds(rows))


def owners_moved(before: Wanted, after: Wanted, form: Form = Form.SUMMED) -> list[Select[tuple[int]]]:
    """Selects of the owners of rows that meet a definition's criteria on one of two days and not on the other."""
    found = []
    for one in before.definitions:
        was, now = before.tree(one), after.tree(one)
        if was is not None and now is not None and was != now:
            rows = _Rows(family_of(one.source), Extent(form, Scope.ALL), after, one.source)
            flagged = rows.flagged({was: "was", now: "now"})
            found.append(select(flagged.c.owner_id).where(flagged.c.was != flagged.c.now).distinct())
    return found
