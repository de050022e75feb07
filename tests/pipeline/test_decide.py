"""Pure rules of the pipeline."""

from donors.pipeline.decide import age_tone, is_substantive


def test_age() -> None:
    assert [age_tone(days, 30) for days in (0, 26, 27, 30, 31)] == ["", "", "near", "near", "over"]
    assert age_tone(900, None) == ""


def test_substantive_means_that_people_spoke() -> None:
    assert is_substantive("visit", "reached")
    assert not is_substantive("call", "no_answer")
    assert not is_substantive("letter", "positive")
