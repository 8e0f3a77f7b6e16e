"""Access: nobody may do anything that is not said here, and unknown is answered as not released."""

from dataclasses import replace

import pytest

from comity.errors import NOT_FOUND, UNAUTHENTICATED, RemoteError
from comity.model.fingerprint import Fingerprint
from comity.node.access import Caller, authorise
from comity.node.ports import ReleaseRow
from unit.node.rows import RU, US, release


def code(needed: Caller, caller: Fingerprint | None, subject: ReleaseRow | None = None) -> str | None:
    try:
        authorise(needed, caller, subject)
    except RemoteError as error:
        return error.code
    return None


@pytest.mark.parametrize("caller", [None, RU])
def test_anyone_is_anyone(caller: Fingerprint | None) -> None:
    assert code(Caller.ANYONE, caller) is None


@pytest.mark.parametrize("needed", [Caller.MEMBER, Caller.ADDRESSEE])
def test_who_is_not_known_is_told_so_and_nothing_else(needed: Caller) -> None:
    assert code(needed, None, release(1, RU)) == UNAUTHENTICATED


def test_a_member_needs_no_release() -> None:
    assert code(Caller.MEMBER, US) is None


def test_only_the_addressee_of_a_standing_release_may_read() -> None:
    given = release(1, RU)
    assert code(Caller.ADDRESSEE, RU, given) is None
    assert code(Caller.ADDRESSEE, US, given) == NOT_FOUND
    assert code(Caller.ADDRESSEE, RU, replace(given, withdrawn=True)) == NOT_FOUND
    assert code(Caller.ADDRESSEE, RU, None) == NOT_FOUND
