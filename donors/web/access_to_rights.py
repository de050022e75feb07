"""Who may open what of the rights of persons: the part of the table of access.py that is about them."""

RIGHTS: dict[str, dict[str, str]] = {
    "rights": {
        "index": "rights.answer",
        "person_page": "rights.answer",
        "file_page": "rights.answer",
        "file_data": "rights.answer",
        "take_request": "rights.answer",
        "answer_page": "rights.answer",
        "follow_page": "rights.answer",
        "lift": "rights.answer",
        "erase_page": "rights.answer",
    },
}
"""Blueprint → name of the view → need."""
