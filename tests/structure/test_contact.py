"""Nobody is reached without asking: mail to a constituent takes a pass, and only the contact gate makes passes."""

import ast
from dataclasses import fields

from donors.mail.outbox import Letter
from tests.structure.test_code import nodes

GATE, OUTBOX, WIRE = "donors/mail/gate.py", "donors/mail/outbox.py", "donors/mail/smtp.py"


def named(node: ast.AST) -> str:
    """The last word of what is called."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def makers(word: str) -> set[str]:
    """The modules that call something by this name."""
    return {place.split(":")[0] for place, node in nodes("donors") if named(node) == word}


def writers(table: str) -> set[str]:
    """The modules that make rows of a table of mail: by its class, or by an insert that is given the class."""
    made = makers(table)
    knowing = {
        place.split(":")[0]
        for place, node in nodes("donors")
        if isinstance(node, ast.ImportFrom) and node.module == "donors.mail.models"
    }
    for place, node in nodes("donors"):
        if named(node) in {"insert", "insert_new", "insert_many"} and isinstance(node, ast.Call):
            given = {getattr(one, "id", "") for one in node.args}
            made |= {place.split(":")[0]} if table in given else set()
    return made & knowing


def test_only_the_gate_makes_passes() -> None:
    assert makers("Pass") == {GATE}


def test_only_the_outbox_makes_mails_and_only_the_gate_keeps_contacts() -> None:
    assert writers("Outbox") == {OUTBOX}
    assert writers("Contact") == writers("ContactRefusal") == {GATE}


def test_a_letter_without_a_pass_knows_no_constituent() -> None:
    assert not {field.name for field in fields(Letter)} & {"constituent_id", "constituent"}
    assert {"post", "post_to"} <= {
        node.name for place, node in nodes("donors/mail") if isinstance(node, ast.FunctionDef) and OUTBOX in place
    }


ASK_FIRST = {"donors/workflows/reaching.py", "donors/workflows/plan_acts.py"}
"""Modules that plan moves, calls and letters among them, and ask the gate before they do."""


def test_calls_and_letters_are_planned_only_where_the_gate_is_asked() -> None:
    planning = makers("plan_move") - {"donors/pipeline/move_report.py"}
    assert {place for place in planning if not place.startswith("donors/cli/practice/")} == ASK_FIRST
    assert makers("ask_for_step") == {"donors/workflows/plan_acts.py"}
    # The next move of a call report is planned by pipeline/move_report.py: one workflow alone writes reports; it asks.
    assert "donors/workflows/moves.py" in makers("require_by_hand")


def test_only_one_module_speaks_to_mail_servers() -> None:
    speaking = {
        place.split(":")[0]
        for place, node in nodes("donors")
        if isinstance(node, ast.Import | ast.ImportFrom) and "smtplib" in ast.dump(node)
    }
    assert speaking == {WIRE}
