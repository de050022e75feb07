"""Which passwords are accepted, and how they are kept."""

import re

import pytest
from argon2 import PasswordHasher

from donors.accounts.passwords import check_rules, hash_password, is_outdated, matches
from donors.core.errors import Invalid

CONTEXT = ("maren.holt@harbor-house.org", "Maren Holt", "Harbor House Trust")


@pytest.mark.parametrize(
    "password",
    [
        "tablecloth",
        "quiet river turns twice",
        "nur kleinbuchstaben",
        "84029384710239",
        "пароль на четверых",
        "x" * 3 + "yzq" * 20 + "w",
        "Zz9#" * 2 + "kmv" + "-" * 400,
        "harbor lights over brooklyn",
        "   spaces count too   ",
    ],
)
def test_long_and_uncommon_is_enough(password: str) -> None:
    check_rules(password, context=CONTEXT)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "ninechars",
        "aaaaaaaaaaaa",
        "abababababab",
        "1234567890",
        "password123",
        "Password123!",
        "P@ssw0rd2026",
        "passwordpassword",
        "iloveyou1234",
        "qwertyuiop",
        "abcdefghijk",
        "donations2026!",
        "correct horse battery staple",
        "Maren.Holt1979",
        "harborhouse2026",
        "perennial2026!",
        "x" * 600,
    ],
)
def test_short_common_and_personal_ones_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_rules(password, context=CONTEXT)
    assert caught.value.field == "password"
    assert password == "" or password not in str(caught.value)


def test_kept_as_argon2id_above_the_floor() -> None:
    """OWASP ASVS 5.0, 11.4.2: at least 19 MiB and two passes."""
    kept = hash_password("tablecloth")
    found = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$", kept)
    assert found is not None
    memory, passes, _ = map(int, found.groups())
    assert memory >= 19 * 1024
    assert passes >= 2
    assert kept != hash_password("tablecloth")


def test_nothing_is_cut_off() -> None:
    long = "tablecloth" * 40
    kept = hash_password(long)
    assert matches(kept, long)
    assert not matches(kept, long[:-1])
    assert not matches(kept, long + " ")
    assert not matches(kept, long.upper())


def test_nobody_matches_and_neither_does_rubbish() -> None:
    assert not matches(None, "nobody has this password")
    assert not matches("not a hash", "tablecloth")


def test_weaker_hashes_are_outdated() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("tablecloth")
    assert matches(weak, "tablecloth")
    assert is_outdated(weak)
    assert not is_outdated(hash_password("tablecloth"))
