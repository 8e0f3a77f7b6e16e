"""Proving: the file of one telling, ours or another's, or of what we refused, and what whoever reads it will see.

A place that is protected, or where somebody will operate, is not handed on without a word: of such content the file has the hash
alone, unless it is asked for. What was refused is shown with its bytes or not at all: what it is may then not even be known.
"""

import base64
import re
from collections.abc import Iterable, Sequence
from typing import Any

from comity import foreign
from comity.app import reading, versions
from comity.errors import AMBIGUOUS, BAD_ARGUMENT, DAMAGED, UNKNOWN_STATEMENT, ComityError, LocalError
from comity.exchange.verdict import Verdict
from comity.exchange.verify import verify
from comity.model import content
from comity.model.content import StixObject
from comity.model.statement import Unverified
from comity.node import evidence, heard
from comity.node.node import Node
from comity.node.parties import Peer
from comity.node.ports import ReceivedRow
from comity.node.sync import Sync
from comity.record import airspace
from comity.space import instant

Args = dict[str, Any]

LEAST_DIGITS = 6
_HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII)
_BESIDE = (
    "who said, released and answered it, and when, as each claims; the terms of the release; sizes of both logs and places in "
    "them; how many things were asked for and answered in one go with it; the descriptors of all whose signatures are in it"
)
_OFFERED = "how many things the teller offered in one page with it, and from which part of its log"


async def prove(node: Node, sync: Sync, args: Args) -> Any:
    """The proof file of one telling: {statement, to | from, refused, content: true, false or null}."""
    to, of, refused = args.get("to"), args.get("from"), bool(args.get("refused"))
    if (to is None) == (of is None):
        raise LocalError(
            BAD_ARGUMENT, "whom we told with --to, or who told us with --from: just one of them", place="--to"
        )
    if refused and of is None:
        raise LocalError(
            BAD_ARGUMENT, "what we refused came from somebody: --refused goes with --from", place="--refused"
        )
    wanted = args.get("content")
    if to is not None:
        return _told(node, args["statement"], _party(node, to, "--to"), wanted)
    teller = _party(node, of, "--from")
    if refused:
        return _refused(node, args["statement"], teller, wanted)
    return _heard(node, args["statement"], teller, wanted)


def _party(node: Node, name: Any, place: str) -> Peer:
    found = node.parties.named([str(name)], removed=True, place=place)
    if len(found) != 1:
        raise LocalError(BAD_ARGUMENT, "a file is about one party", place=place)
    return found[0]


# -- the three kinds


def _told(node: Node, text: str, hearer: Peer, wanted: bool | None) -> Args:
    id = node.resolve(text, ours=True)
    said = node.own(id).signed.object
    closed = _closed(said, wanted)
    data = evidence.prove_telling(node, id, hearer, closed=closed)
    others = [node.party_name(row.to) for row in node.store.releases_of(id)]
    verdict = _judged(data)
    seen = [_content_seen(node, said, closed, ["this party", *dict.fromkeys(others)])]
    return {"statement": id.hex(), "to": hearer.petname, **_answer(data, verdict, closed, seen)}


def _heard(node: Node, text: str, teller: Peer, wanted: bool | None) -> Args:
    id = node.resolve(text)
    rows = node.store.heard_tellings(teller.fingerprint, id)
    if not rows:
        message = (
            f"{teller.petname} has not told us that, or we refused it: comity inbox lists what is held, and comity quarantine "
            f"what was refused, which --refused proves"
        )
        raise LocalError(BAD_ARGUMENT, message, place="--from")
    row = ([one for one in rows if not one.withdrawn] or list(rows))[-1]
    said = Unverified.read(list(heard.item_of(row).statement or ())).object
    closed = _closed(said, wanted)
    data = heard.prove_heard(node, teller, row, closed=closed)
    opens = [teller.petname, "this party", f"whomever else {teller.petname} told it"]
    seen = [_content_seen(node, said, closed, opens)]
    if row.withdrawn:
        seen.append(f"not that {teller.petname} has withdrawn it since: that is not in the file")
    seen.append(_OFFERED)
    return {"statement": id.hex(), "from": teller.petname, **_answer(data, _judged(data), closed, seen)}


def _refused(node: Node, text: str, teller: Peer, wanted: bool | None) -> Args:
    row = _refused_row(node, text, teller)
    if wanted is False:
        raise LocalError(BAD_ARGUMENT, "what was refused is shown with its bytes, or not at all", place="--no-content")
    found = _readable(row)
    if wanted is None and (found is None or found.type in airspace.TYPES):
        message = (
            "what was refused is shown with its bytes, and these are, or may be, about a place that is not to be known: write "
            "--content if the reader of the file may see it"
        )
        raise LocalError(BAD_ARGUMENT, message, place="--content")
    data = heard.prove_heard(node, teller, row)
    what = "bytes that no object can be read in" if found is None else f"{_named(node, found)}, as it came"
    seen = [f"the bytes that were refused, whole: {what}", f"why: {row.refused}, and whether these bytes bear it out"]
    said = None if row.statement is None else row.statement.hex()
    seen.append(_OFFERED)
    about = {"statement": said, "item": row.hash.hex(), "from": teller.petname, "refused": row.refused}
    return {**about, **_answer(data, _judged(data), False, seen)}


def _answer(data: bytes, verdict: Verdict, closed: bool, seen: Sequence[str]) -> Args:
    at = verdict.withdrawn_at
    return {
        "size": len(data),
        "content": not closed,
        "reader_sees": [*seen, _BESIDE],
        "third_parties": {"teller": len(verdict.behind_teller), "hearer": len(verdict.behind_hearer)},
        "contradictions": [one.as_dict() for one in verdict.contradictions],
        "withdrawn_at": None if at is None else instant.to_second(at),
        "proof": base64.b64encode(data).decode(),
    }


def _judged(data: bytes) -> Verdict:
    """What a reader without any fingerprint finds: nobody is handed a file that cannot be judged.

    Raises:
        LocalError: `damaged`.
    """
    verdict = verify(data)
    if not verdict.valid:
        raise LocalError(DAMAGED, f"what is kept of it makes no valid file: {verdict.problems}")
    return verdict


# -- what its reader sees


def _closed(said: StixObject, wanted: bool | None) -> bool:
    """Say whether the content is left out: as it was asked for; else that of sites and notices."""
    return not wanted if wanted is not None else said.type in airspace.TYPES


def _content_seen(node: Node, said: StixObject, closed: bool, opens: Iterable[str]) -> str:
    if closed:
        return (
            "not the content: no name, no type, no place; that the file is about just this content can be found by "
            f"whoever has it with its salt: {', '.join(opens)}; --content puts it in"
        )
    read = reading.understood_as(said, node.journal.now(), {})
    places = f", with its places and times: {'; '.join(read['text'].splitlines())}" if read else ""
    return f"the content, whole: {_named(node, said)}{places}"


def _named(node: Node, said: StixObject) -> str:
    return f"{foreign.quoted(versions.title_of(node, said))} ({foreign.quoted(said.type, 40)[1:-1]})"


def _readable(row: ReceivedRow) -> StixObject | None:
    said = heard.item_of(row).statement
    try:
        return None if said is None else content.parse(said[2])
    except ComityError:
        return None


# -- which of what was refused


def _refused_row(node: Node, text: str, teller: Peer) -> ReceivedRow:
    """What is meant of what was refused: by the first digits of its statement, its release, or the hash of its bytes.

    Raises:
        LocalError: `bad-argument`, `unknown-statement`, `ambiguous`.
    """
    digits = text.strip().rstrip("….").lower()
    if not _HEX.fullmatch(digits) or len(digits) < LEAST_DIGITS:
        message = "write six digits or more of its item, its statement or its release, as comity quarantine lists them"
        raise LocalError(BAD_ARGUMENT, message, place="STATEMENT")
    rows = [row for row in node.store.refused_of(teller.fingerprint) if _begins(row, digits)]
    if not rows:
        message = f"nothing that we refused of {teller.petname} is listed so: comity quarantine lists it"
        raise LocalError(UNKNOWN_STATEMENT, message, place="STATEMENT")
    if len(rows) > 1:
        items = [row.hash.hex() for row in rows]
        words = ", ".join(one[:12] for one in items)
        message = f"{len(rows)} items that we refused begin so: write the item of one of them: {words}"
        raise LocalError(AMBIGUOUS, message, place="STATEMENT", evidence={"items": items})
    return rows[0]


def _begins(row: ReceivedRow, digits: str) -> bool:
    return any(one is not None and one.hex().startswith(digits) for one in (row.statement, row.release, row.hash))
