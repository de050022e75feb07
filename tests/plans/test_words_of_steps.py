"""Steps in words, and what differs between two versions of a template."""

import pytest

from donors.plans.templates.compare import changes, pairing
from donors.plans.templates.describe import Names, conditions, escalation, owner, substance, timing
from donors.plans.templates.drafts import Draft, Link

AFTER_TWO = (Link(2),)


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft("a"), "on the day of the start"),
        (Draft("a", 1), "1 day after the start"),
        (Draft("a", 3, AFTER_TWO), "3 days after step 2 is done"),
        (Draft("a", 0, AFTER_TWO), "as soon as step 2 is done"),
        (Draft("a", 0, AFTER_TWO, after="parent due"), "on the day on which step 2 is due"),
        (Draft("a", 5, AFTER_TWO, counts="working"), "5 working days after step 2 is done"),
        (Draft("a", 5, (Link(1), Link(2), Link(4))), "5 days after the last of steps 1, 2 and 4 is done"),
        (Draft("a", 5, (Link(1), Link(2)), joins="any"), "5 days after the first of steps 1 and 2 is done"),
        (Draft("a", -14, after="event"), "14 days before the event"),
        (Draft("a", 0, after="birthday"), "on the birthday"),
        (Draft("a", 0, after="ask date"), "on the day of the expected ask"),
    ],
)
def test_timing(draft: Draft, said: str) -> None:
    assert timing(draft) == said


def test_conditions() -> None:
    assert conditions(Draft("a", 3, AFTER_TWO)) == ""
    assert conditions(Draft("a", 3, (Link(2, "reached"),))) == "only if step 2 ended with “reached”"
    either = Draft("a", 3, (Link(2, "reached"), Link(3)), joins="any")
    assert conditions(either) == "only if step 2 ended with “reached” or step 3 ended"
    both = Draft("a", 3, (Link(2, "reached"), Link(3)))
    assert conditions(both) == "only if step 2 ended with “reached”"
    assert conditions(Draft("a", -3, AFTER_TWO, after="event")) == "not before step 2 is done"


def test_who_and_what() -> None:
    names = Names(users={7: "Maren Holt"}, queues={3: "Front desk"}, stages={2: "Cultivation"}, mails={5: "Thanks"})
    assert owner(Draft("a")) == "the officer"
    assert owner(Draft("a", role="user", owner_id=7), names) == "Maren Holt"
    assert owner(Draft("a", role="queue", queue_id=3), names) == "Front desk"
    mail = Draft("a", kind="mail", mail_template_id=5, is_held=True)
    assert substance(mail, names) == "mail “Thanks”, approved by a person first"
    assert substance(Draft("a", kind="stage", stage_id=2), names) == "proposes Cultivation"
    assert escalation(Draft("a")) == ""
    late = Draft("a", deadline_days=1, escalates_to="user", escalates_to_id=7)
    assert escalation(late, names) == "goes to Maren Holt when 1 day late"


OLD = (Draft("Call", 1), Draft("Letter", 3, (Link(1),)), Draft("Visit", 30, (Link(2),)))


def test_a_version_that_is_the_same_says_nothing() -> None:
    assert changes(OLD, OLD) == ()


def test_what_changed_in_words_whatever_the_order() -> None:
    new = (
        Draft("Call", 1, note="Be warm"),
        Draft("Visit", 14, (Link(1, "reached"),)),
        Draft("Letter", 3, (Link(1, "no answer"),)),
        Draft("Thanks", 0),
    )
    assert changes(OLD, new) == (
        "Step 1 “Call”: a note added",
        "Step 2 “Visit”: 14 days after step 1 is done (was: 30 days after step 3 is done); "
        "only if step 1 ended with “reached” (was: in every case)",
        "Step 3 “Letter”: only if step 1 ended with “no answer” (was: in every case)",
        "Step 4 “Thanks” is new",
    )


def test_steps_that_are_gone_and_renamed() -> None:
    new = (Draft("Ring them up", 1), Draft("Visit", 30, (Link(1),)))
    assert pairing(OLD, new).kept == {3: 2, 1: 1}
    assert changes(OLD, new) == (
        "Step 1 “Ring them up”: Ring them up (was: Call)",
        "Step 2 “Visit”: 30 days after step 1 is done (was: 30 days after the start)",
        "“Letter” is gone",
    )
