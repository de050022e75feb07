"""Text made comparable for search: no case, no accents, single spaces.

Kept in columns of its own beside the text that people typed; both sides of a search go through here.
"""

import re
import unicodedata

from sqlalchemy import Text

SearchText = Text().with_variant(Text(collation="C"), "postgresql")
"""The column type of such text: sorted by code points and indexed for prefixes, the same on both databases."""

UNFOLDED = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"})
"""Letters that carry a stroke or are joined, which Unicode does not take apart; people type the plain letter."""

APOSTROPHES = re.compile(r"['’‘ʼ`´]")
NOT_WORD = re.compile(r"[\W_]+")


def search_text(value: str) -> str:
    """The text as search compares it: `  Ana-María  O’Neill ` becomes `ana maria oneill`.

    Case is folded, accents fall away, apostrophes vanish, any other mark between words counts as one space.
    """
    if value.isascii() and value.isalnum():  # the usual word, decided at once
        return value.lower()
    apart = unicodedata.normalize("NFKD", value.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    plain = bare.casefold().translate(UNFOLDED)
    return NOT_WORD.sub(" ", APOSTROPHES.sub("", plain)).strip()


def search_words(value: str) -> tuple[str, ...]:
    """The words of a text, comparable, in order."""
    return tuple(search_text(value).split())
