"""Whether one slip of the fingers leads from one word to another. Pure."""


def one_edit_apart(one: str, other: str) -> bool:
    """Whether at most one letter was left out, put in, changed, or swapped with its neighbor."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(long) - len(short) > 1:
        return False
    at = 0
    while at < len(short) and short[at] == long[at]:
        at += 1
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return True
    return short[at + 2 :] == long[at + 2 :] and short[at : at + 2] == long[at : at + 2][::-1]
