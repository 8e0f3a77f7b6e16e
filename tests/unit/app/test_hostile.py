"""What one party wrote cannot look like what the other's node says, steer its terminal, or flood it: in no command.

ru fills every field that it can fill, fr runs every command, as text and as JSON. See case `forged-lines`.
"""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from comity import errors
from comity.app.operations import perform
from comity.gateways.peer import PeerClient, PeerServer
from comity.model import content
from comity.node.clock import SystemClock, SystemRandomness
from comity.node.directory import Directory, create
from comity.node.node import pack
from comity.node.ports import Response
from comity.node.sync import Sync
from comity.node.teller import Teller
from unit.app.test_stories import run
from unit.test_foreign import HOSTILE, longest_run_of_marks, steers
from world import MemoryWire

WIDTH = 80
ID = "0123456789abcdef" * 4
# Lines that would be ours if they stood alone.
FORGED = [
    ID,
    ID[:12],
    "indicator received 2026-11-01T00:00:00.000Z: in force",
    "acknowledged 2026-11-01T00:00:00.000Z",
    "comity: ru is known now",
    "found by fr 2026-11-01T00:00:00.000Z",
    "──────── told to us ────────",
    "fingerprint  " + ID,
    "released to us",
]
PAYLOADS = {
    "lines": "Bulletin\n" + "\n".join(FORGED),
    "returns": "Bulletin\r" + "\r".join(FORGED),
    "separators": "Bulletin\u2028" + "\u0085".join(FORGED),
    "blanks": "Bulletin" + "".join(" " * 70 + line for line in FORGED),
    "a terminal's commands": "\x1b[2J\x1b[1;1H\x1b]0;title\x07\x9b31m" + FORGED[3],
    "a quotation that ends": "Bulletin” " + FORGED[3] + " “",
    "every hostile character": "".join(char for char in HOSTILE if not "\ud800" <= char <= "\udfff"),
    "turned around": "\u202e" + FORGED[3][::-1] + "\u2066\u061c",
    "tags": "clinic" + "".join(chr(0xE0000 + ord(char)) for char in "acknowledged"),
    "fillers": "\u3164\uffa0\u115f\u1160" * 40,
    "100 kB": "a long text " * 8_500,
    "one long word": "a" * 100_000,
    "wide": "检查站" * 3_000,
    "a flood of marks": "e" + "\u0301\u0489" * 5_000,
    "right to left": "تنظيم الدولة الإسلامية " * 40,
    "markup": "[red]x[/red] [link=http://x]{}{0}%s",
}
AREA = {"type": "Polygon", "coordinates": [[[35.9, 34.9], [36.1, 34.9], [36.1, 35.1], [35.9, 35.1], [35.9, 34.9]]]}
TIMES = {"from": "2035-11-26T12:00:00Z", "until": "2035-11-26T14:00:00Z"}


class Side:
    """One party's real directory, opened on a wire in memory."""

    def __init__(self, folder: Path, wire: MemoryWire) -> None:
        self.wire, self.address = wire, f"http://{folder.name}.example"
        self.held = Directory(folder)
        self.node = self.held.open(SystemClock(), SystemRandomness())
        teller = Teller(self.node)
        self.server = PeerServer(self.node, teller)
        wire.servers[self.address] = self.server
        keys, me = self.node.keys, self.node.descriptor
        client = PeerClient(wire, keys, me, self.node.clock, self.node.randomness)
        self.sync = Sync(self.node, teller, client, lambda line: None)

    async def do(self, operation: str, **args: Any) -> Any:
        answer = await perform(self.node, self.sync, operation, args)
        return answer.get("ok")

    def meets(self, other: "Side") -> None:
        self.node.add_peer(pack(other.node.descriptor.signed), other.node.descriptor.fingerprint)


def says(number: int, kind: str, text: str) -> bytes:
    id = f"{kind}--00000000-0000-4000-8000-{number:012x}"
    head = {"type": kind, "spec_version": "2.1", "id": id, "created": "2026-11-01T10:00:00.000Z"}
    texts = dict.fromkeys(("name", "description", "pattern", "subject", "kind", "x_vendor\nkey", "contact"), text)
    words = {"labels": [text], "external_references": [{"source_name": text, "description": text}]}
    rest = {"modified": "2026-11-01T10:00:00.000Z", "pattern_type": "stix", "valid_from": "2026-11-01T10:00:00Z"}
    return content.dump({**head, **rest, **texts, **words})


async def hostile(fr: Side, ru: Side) -> list[str]:
    """Have ru fill what it can; returns the statements that fr holds. What ru's own node refuses stays unsaid."""
    await fr.do("notice", geojson=json.dumps(AREA), **TIMES)
    for number, text in enumerate(PAYLOADS.values()):
        raw = base64.b64encode(says(number, "indicator", text)).decode()
        assert await ru.do("say", raw=raw, to=["fr"])
        claim = base64.b64encode(says(number, "x-claim", text)).decode()
        await ru.do("say", raw=claim, to=["fr"])
        short = text[:200]
        await ru.do("position", subject=short, stance="rejects", basis=text[:2000], to=["fr"])
        words = dict.fromkeys(("kind", "callsign", "transponder", "contact", "frequency", "name"), short)
        await ru.do("notice", geojson=json.dumps(AREA), to=["fr"], **TIMES, **words)
        named = {"name": short, "names": [short], "contact": short, "as_received": short}
        await ru.do("protect", geojson=json.dumps(AREA), function="hospital", to=["fr"], **named)
    for _ in range(4):
        for one in (fr, ru):
            for peer in one.node.peers:
                await one.sync.once(peer)
            await one.sync.look()
    return [one["statement"] for one in await fr.do("inbox")]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COMITY_STATE", str(folder / "state"))
        patch.setenv("COLUMNS", str(WIDTH))
        for name, display in (("fr", "France"), ("ru", "”clinic is told“ acknowledged")):
            where = [f"http://{name}.example"]
            clock, randomness = SystemClock(), SystemRandomness()
            create(folder / name, name=name, display=display, addresses=where, clock=clock, randomness=randomness)
        wire = MemoryWire()
        fr, ru = Side(folder / "fr", wire), Side(folder / "ru", wire)
        fr.meets(ru)
        ru.meets(fr)
        with fr.held, ru.held:
            statements = asyncio.run(hostile(fr, ru))
        yield folder, statements


COMMANDS = [
    "inbox",
    "statements",
    "positions",
    "objections",
    "objections --all",
    "alerts --all",
    "alerts",
    "quarantine",
    "status",
    "peer list",
    "descriptor",
    "log verify",
    "sync --once",
    "check area.geojson --from 2035-11-26T12:00:00Z --until 2035-11-26T14:00:00Z",
]


def judge(out: str, errors: str, width: int = WIDTH) -> None:
    """What was printed steers nothing, keeps to its width, and has no line that another party made."""
    assert steers((out + errors).replace("\n", "")) == []
    assert longest_run_of_marks(out + errors) <= 8
    for line in out.splitlines():
        assert cell_len(line) <= width, line
    assert all(len(line) < 3_000 for line in (out + errors).splitlines())
    # All that was forged stands in quotation marks, or it is not there.
    told = re.sub("“[^“”]*”", "“”", " ".join((out + errors).split()))
    assert [one for one in FORGED if one in told] == []
    assert "Bulletin" not in told


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_prints_what_steers_floods_or_forges(story: tuple[Path, list[str]], command: str) -> None:
    Path("area.geojson").write_text(json.dumps(AREA))
    out, errors, code = run(["-C", "fr", *command.split()])
    judge(out, errors)
    assert (code == 2) == (command == "sync --once")
    assert len(out.splitlines()) < 1_500


@pytest.mark.parametrize("command", COMMANDS)
def test_json_has_all_of_it_escaped(story: tuple[Path, list[str]], command: str) -> None:
    Path("area.geojson").write_text(json.dumps(AREA))
    out, errors, _ = run(["-C", "fr", *command.split(), "--json"])
    json.loads(out)
    assert steers(out.replace("\n", "")) == []
    assert longest_run_of_marks(out) <= 8
    judge("", errors)


def test_everything_was_said_and_is_shown_in_full_by_show(story: tuple[Path, list[str]]) -> None:
    assert len(story[1]) > 2 * len(PAYLOADS)
    names = set()
    for statement in story[1]:
        out, errors, code = run(["-C", "fr", "show", statement])
        assert code == 0
        judge("", errors)
        assert steers(out.replace("\n", "")) == []
        assert longest_run_of_marks(out) <= 8
        facts, _, shown = out.partition("\n{")
        judge(facts, "")
        names.add(json.loads("{" + shown).get("name"))
    assert names >= set(PAYLOADS.values())


def test_each_text_stands_on_one_line_of_the_inbox(story: tuple[Path, list[str]]) -> None:
    out, _, _ = run(["-C", "fr", "inbox"])
    quoted = [line for line in out.splitlines() if "“" in line]
    assert all("”" in line for line in quoted)
    assert sum("“Bulletin" in line for line in quoted) >= 5
    assert any("... (" in line or "...” (" in line for line in quoted)


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_arguments_that_are_echoed_are_made_harmless_too(story: tuple[Path, list[str]], text: str) -> None:
    text = text.replace("\x00", "")
    for words in (
        ["show", text],
        ["show", f"@{text}"],
        ["prove", text, "--to", text, "-o", "x"],
        ["-C", text, "inbox"],
    ):
        out, errors, code = run(["-C", "fr", *words])
        assert code == 2
        judge(out, errors)


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_a_usage_error_that_echoes_them_is_one_line(story: tuple[Path, list[str]], text: str) -> None:
    text = text.replace("\x00", "")
    for words in (["inbox", text], [text], ["inbox", f"--{text}"], ["check", "x", "--margin", text]):
        out, errors, code = run(["-C", "fr", *words])
        first, *rest = errors.splitlines()
        assert code == 2
        assert first.startswith("comity: bad-argument: ")
        assert [line.split(": ")[0] for line in rest] == ["see"]
        assert steers(out + first) == []
        assert longest_run_of_marks(first) <= 8
        assert cell_len(first) < 1_200


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_a_problem_document_is_quoted_on_one_line(story: tuple[Path, list[str]], text: str) -> None:
    """Its message, place and evidence are the other node's words, whatever they look like."""
    from comity.gateways.peer import _refusal

    body = {"code": errors.NOT_FOUND, "message": text, "place": text, "evidence": {"known": text, text[:50]: text}}
    said = _refusal(Response(404, {}, content.dump(body)))
    assert "\n" not in str(said)
    assert steers(str(said)) == []
    assert len(str(said)) < 700


def test_a_proof_file_is_judged_in_words_of_ours(story: tuple[Path, list[str]]) -> None:
    Path("area.geojson").write_text(json.dumps(AREA))
    said = json.loads(run(["-C", "ru", "statements", "--json"])[0])
    run(["-C", "ru", "prove", said[0]["statement"], "--to", "fr", "-o", "told.comity-proof", "--force"])
    for words in (["verify", "told.comity-proof"], ["verify", "told.comity-proof", "--json"]):
        out, errors, code = run(words)
        assert code == 0
        judge(out if "--json" not in words else "", errors)
        assert steers(out.replace("\n", "")) == []
