"""Again: what was refused because it was of an unknown version is looked at again once this node has learnt to read more.

The node keeps with which formats it judged. Where it reads more than that, everything refused as of an unknown version is judged
anew, by the bytes that are kept: what is good now is held, and an acknowledgement says so; of the rest nothing is said a
second time. Only when all was looked at are the new formats kept, so that a crash in between loses nothing.
"""

from collections.abc import Mapping

from comity.errors import UNKNOWN_VERSION
from comity.exchange import taken
from comity.node.hearing import Hearing
from comity.node.node import Node
from comity.node.ports import Batch, Kept, ReceivedRow
from comity.proof import cbor

AT_ONCE = 50
_KIND = "formats"


class Again:
    """The second look of one node; a few at a time, so that others are answered in between."""

    def __init__(self, node: Node, hearing: Hearing) -> None:
        self._node, self._hearing = node, hearing
        self._after = 0
        self._due = _grown(self._known(), _now())

    def step(self, most: int = AT_ONCE) -> int:
        """Look at some of it; returns how many were found good and are held now."""
        if not self._due or self._node.journal.read_only:
            return 0
        rows = self._node.store.refused_for(UNKNOWN_VERSION, self._after, most)
        held = self._judge([row for _, row in rows])
        if rows:
            self._after = rows[-1][0]
        else:
            self._end()
        return held

    def _judge(self, rows: list[ReceivedRow]) -> int:
        held = 0
        for teller in dict.fromkeys(row.teller for row in rows):
            peer = self._node.parties.known(teller)
            if peer is not None:
                held += self._hearing.judge_again(peer, [row for row in rows if row.teller == teller])
        return held

    def _known(self) -> Mapping[str, list[int]]:
        kept = self._node.store.kept(_KIND, self._node.descriptor.fingerprint)
        return cbor.decode(kept[-1].data, place=_KIND) if kept else {}

    def _end(self) -> None:
        """Keep with which formats everything that is here was judged, if anything was."""
        self._due = False
        if not self._after:
            return
        me, data = self._node.descriptor.fingerprint, cbor.encode(_now())
        self._node.store.commit(Batch(kept=[Kept(_KIND, me, b"", data, self._node.clock.now())]))


def _now() -> dict[str, list[int]]:
    return {name: list(versions) for name, versions in taken.formats()}


def _grown(known: Mapping[str, list[int]], now: Mapping[str, list[int]]) -> bool:
    return any(set(versions) - set(known.get(name, ())) for name, versions in now.items())
