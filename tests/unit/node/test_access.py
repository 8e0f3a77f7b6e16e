"""Access: nobody may do anything that is not said here, and unknown is answered as not released."""

from dataclasses import replace

import pytest

from comity.errors import UNAUTHENTICATED, RemoteError
from comity.model.fingerprint import Fingerprint
from comity.node.access import Caller, authorise, is_addressee
from unit.node.rows import RU, US, release


def code(needed: Caller, caller: Fingerprint | None) -> str | None:
    try:
        authorise(needed, caller)
    except RemoteError as error:
        return error.code
    return None


@pytest.mark.parametrize("caller", [None, RU])
def test_anyone_is_anyone(caller: Fingerprint | None) -> None:
    assert code(Caller.ANYONE, caller) is None


def test_who_is_not_known_is_told_so_and_nothing_else() -> None:
    assert code(Caller.MEMBER, None) == UNAUTHENTICATED


def test_a_member_needs_no_release() -> None:
    assert code(Caller.MEMBER, US) is None


def test_only_the_addressee_of_a_standing_release_may_read() -> None:
    given = release(1, RU)
    assert is_addressee(RU, given)
    assert not is_addressee(US, given)
    assert not is_addressee(RU, replace(given, withdrawn=True))
