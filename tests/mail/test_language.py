"""The language of mail templates: fields, other words, braces; and HTML that is made from text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.errors import Invalid
from donors.mail.language import Place, as_letter, fill, names_in, parse


def filled(text: str, **values: str) -> str:
    return fill(parse(text, field="text_body"), values).text


def test_fields_other_words_and_braces() -> None:
    text = "Dear {dear}, thank you for {last_gift, or: your gift}. {{not a field}} { city }"
    assert names_in(parse(text, field="t")) == ("dear", "last_gift", "city")
    assert filled(text, dear="Ann", city="Graz") == "Dear Ann, thank you for your gift. {not a field} Graz"
    assert filled(text, dear="Ann", city="Graz", last_gift="$5.00").startswith("Dear Ann, thank you for $5.00.")


def test_an_empty_field_is_a_fault_unless_other_words_are_given_even_empty_ones() -> None:
    pieces = parse("{title, or:} {given_name} {nickname}{given_name}", field="t")
    found = fill(pieces, {"given_name": "  "})
    assert found.missing == ("given_name", "nickname")
    assert found.text == " [given_name?] [nickname?][given_name?]"


@pytest.mark.parametrize("text", ["{", "a } b", "{}", "{Name}", "{a b}", "{a, b}", "{a.b}", "{a|upper}", "{a{b}}"])
def test_what_cannot_be_read_is_named_with_its_line(text: str) -> None:
    with pytest.raises(Invalid, match="in line 3 is not a field"):
        parse("one\n\n" + text, field="text_body")


@given(st.text(), st.text())
def test_what_is_doubled_comes_out_as_it_was(words: str, value: str) -> None:
    doubled = words.replace("{", "{{").replace("}", "}}")
    assert filled(doubled) == words
    assert parse("{a}", field="t") == (Place("a"),)
    assert filled("{a, or: x}", a=value) == (value.strip() or "x"), "what a field holds is never read as a template"


def test_in_html_what_fields_hold_is_escaped_and_the_frame_is_not() -> None:
    found = fill(parse("<p>{name}</p>{unsubscribe}", field="html_body"), {"name": "<b>&"}, in_html=True)
    assert found.text == "<p>&lt;b&gt;&amp;</p>{unsubscribe}"


def test_a_letter_is_made_of_paragraphs_lists_and_links() -> None:
    made = as_letter(
        "Dear <Ann>,\nhow are you?\n\n- one\n- two\n\nSee https://example.org/a?b=1&c=2. Or {unsubscribe}\n"
    )
    assert "<p>Dear &lt;Ann&gt;,<br>how are you?</p><ul><li>one</li><li>two</li></ul>" in made
    assert '<a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>. Or' in made
    assert '<a href="{unsubscribe}">{unsubscribe}</a>' in made
