"""What was checked, as files carry it: a row for each check."""

from collections.abc import Mapping

from donors.reports.checks import Check
from donors.reports.plain.values import Row, guarded


def check_rows(groups: Mapping[str, tuple[Check, ...]]) -> list[Row]:
    """A row for each check, with the figures behind it in one column."""
    return [
        {
            "about": about,
            "check": guarded(check.name),
            "light": check.light,
            "says": guarded(check.says),
            "figures": "; ".join(f"{name}={value}" for name, value in check.figures.items()),
        }
        for about, group in groups.items()
        for check in group
    ]


def check_document(groups: Mapping[str, tuple[Check, ...]], light: str, at: str) -> Row:
    """All checks with their figures."""
    rows = [
        {"about": about, "key": check.key, "light": check.light, "says": check.says, **check.figures}
        for about, group in groups.items()
        for check in group
    ]
    return {"report": "trust", "at": at, "light": light, "checks": rows}
