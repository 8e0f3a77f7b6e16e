"""An outside witness on the wire of a world in one process, on virtual time."""

from collections.abc import Callable

from comity.node import exports, outside
from comity.node.ports import Request, Response
from conformance.peers.tlog_witness import Answer, Witness
from world import Party

BASE = "https://witness.example"


def witness_for(fr: Party, name: str = "witness.example/w1", *, knows: bool = True, seed: bytes = bytes(32)) -> Witness:
    """A witness at its address, known to fr as `w`; its clock is fr's."""
    made = Witness(name, seed, lambda: fr.clock.now() // 1000)
    if knows:
        made.take(exports.log_key(fr.node))
    fr.wire.others[BASE] = over_http(made.add_checkpoint)
    outside.add(fr.node, "w", f"{BASE}/w", made.vkey)
    return made


def over_http(answer: Callable[[bytes], Answer]) -> Callable[[Request], Response]:
    """What answers bodies, as what answers requests."""

    def respond(request: Request) -> Response:
        assert (request.method, request.url) == ("POST", f"{BASE}/w/add-checkpoint")
        found = answer(request.body)
        return Response(found.status, {"content-type": found.type}, found.body)

    return respond


def says(fr: Party, answer: Answer) -> None:
    """Let whatever is at the witness's address answer so, whatever it is asked."""
    fr.wire.others[BASE] = over_http(lambda body: answer)
