"""Figures that the long tests put into docs/reliability.md, each as one line of a table."""

from collections.abc import Sequence

from flask import Flask

from config import ROOT

DOCUMENT = ROOT / "docs" / "reliability.md"


def keep(app: Flask, table: str, what: str, figures: Sequence[int]) -> None:
    """Puts one line into a table of the document, in place of the one that was there for this database."""
    system = "SQLite" if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "PostgreSQL"
    start = f"| {system} | {what} |"
    begin, end = f"<!-- {table}: begin -->\n", f"<!-- {table}: end -->\n"
    before, rest = DOCUMENT.read_text().split(begin)
    rows, after = rest.split(end)
    head, rule, *lines = rows.splitlines()
    kept = [line for line in lines if not line.startswith(start)]
    kept.append(f"{start} {' | '.join(f'{figure:,}' for figure in figures)} |")
    table_anew = "\n".join((head, rule, *sorted(kept)))
    DOCUMENT.write_text(f"{before}{begin}{table_anew}\n{end}{after}")
