"""Outside witnesses over HTTP, as C2SP tlog-witness has it: the asking side alone. Nodes ask one another by `peer`.

    POST <prefix>/add-checkpoint        old N, a proof of one base64 hash a line, an empty line, the checkpoint
    200   signature lines               409   text/x.tlog.size: the size that it holds, and a newline

Rule 1: only the address that an administrator named is asked, and no redirect is followed. Rule 2: an answer is bounded in
bytes and time, and whatever is not of these forms is refused. Requests are not signed: the checkpoint is.
"""

import re

from comity.errors import (
    MALFORMED,
    NOT_CONSISTENT,
    NOT_FOUND,
    STALE_HEAD,
    UNKNOWN_KEY,
    UNREACHABLE,
    ComityError,
    RemoteError,
    TransportError,
)
from comity.node.ports import Request, Response, Wire
from comity.proof.note import MAX_NOTE

SECONDS = 10.0
_TEXT = "text/plain; charset=utf-8"
_SIZE_TYPE = "text/x.tlog.size"
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
# What each status means, for whoever has to mend it. What the witness writes beside it is not shown.
_REFUSALS: dict[int, tuple[str, str]] = {
    400: (MALFORMED, "it says that the request is malformed (400)"),
    403: (UNKNOWN_KEY, "it knows another key for this log than the one that signed the head (403)"),
    404: (
        NOT_FOUND,
        "it does not know this log, or it is not at this address (404): give its operator log.vkey of comity log export",
    ),
    422: (NOT_CONSISTENT, "it says that this head does not follow from the one that it cosigned before (422)"),
}
_NO_ROOM = (408, 429)


class WitnessClient:
    """Asks outside witnesses over a wire; the `OutsideWitnesses` port."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def add_checkpoint(self, url: str, body: bytes) -> str:
        """Show a head; returns the signature lines, of which nothing is verified.

        Raises:
            TransportError: `unreachable`.
            RemoteError: `stale-head`, with the size that it holds as evidence; `not-found`, `unknown-key`, `not-consistent`,
                `malformed`, `too-large`.
        """
        request = Request("POST", f"{url}/add-checkpoint", {"content-type": _TEXT}, body, MAX_NOTE)
        response = await self._wire.send(request, timeout=SECONDS)
        if response.status != 200:
            raise _refusal(response)
        try:
            return response.body.decode()
        except UnicodeDecodeError:
            raise RemoteError(MALFORMED, "its signature lines are not UTF-8") from None


def _refusal(response: Response) -> ComityError:
    status = response.status
    if status == 409:
        return _stale(response)
    if status in _REFUSALS:
        return RemoteError(*_REFUSALS[status])
    if status >= 500 or status in _NO_ROOM:
        return TransportError(UNREACHABLE, f"it answered {status}")
    return RemoteError(MALFORMED, f"it answered {status}, which a witness never does; no redirect is followed")


def _stale(response: Response) -> RemoteError:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    held = _SIZE.fullmatch(response.body)
    if kind != _SIZE_TYPE or held is None:
        return RemoteError(MALFORMED, f"it answered 409 without the size that it holds ({_SIZE_TYPE})")
    return RemoteError(STALE_HEAD, f"it holds {int(held[1])} leaves of our log", evidence={"size": int(held[1])})
