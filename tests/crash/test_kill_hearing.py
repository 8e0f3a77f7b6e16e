"""kill -9 while hearing: after a restart all is held that was told, once, and the hearer proves it by itself."""

import multiprocessing
import signal
from pathlib import Path

import pytest

from comity.exchange.verify import verify
from comity.node import heard
from crash.hearing import PLACES, SAID, Again, hear_until, store_of
from world import MemoryWire, report, run

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["crash.hearing"])


@pytest.mark.parametrize("place", PLACES)
def test_what_was_told_is_held_after_a_kill_at_any_place_and_the_hearers_file_of_it_is_whole(
    place: str, tmp_path: Path
) -> None:
    child = _PROCESSES.Process(target=hear_until, args=(str(tmp_path), place))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    wire = MemoryWire()
    fr, ru = (Again(name, wire, store_of(tmp_path, name)) for name in ("fr", "ru"))
    pending = len(ru.store.pending(fr.fingerprint))
    assert (pending, len(list(ru.store.received()))) == ((0, SAID) if place == "acknowledge" else (SAID, 0))

    async def story() -> None:
        await fr.say(report(number=99))  # the teller's log has gone on
        fr.sync.publish()
        await ru.syncs(fr)

    run(story)
    wire.servers.clear()
    rows = list(ru.store.received())
    assert len({row.statement for row in rows}) == len(rows) == SAID
    for row in rows:
        verdict = verify(heard.prove_heard(ru.node, ru.peer(fr), row), unnamed=[fr.fingerprint, ru.fingerprint])
        assert (verdict.problems, verdict.trusted, verdict.held_by, verdict.contradictions) == ([], True, "ru", [])
    for id in {row.statement for row in rows if row.statement}:
        [release] = fr.store.releases_of(id)
        assert [one.disposition for one in fr.store.answers_to(release.id)] == ["held"]
