"""The demo: a scenario, which is data and a short script, played with real nodes and told in the terminal.

Every answer that is shown is what the command of the same name answers. docs/scenarios.md says how to write a scenario.
"""

import asyncio
import base64
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from comity.app import render, scenes, views
from comity.app.layout import Own
from comity.app.render import own, word
from comity.app.stage import at, stage
from comity.errors import BAD_ARGUMENT, LocalError
from comity.exchange.verify import Verdict, verify
from comity.model import content
from comity.model.fingerprint import Fingerprint
from comity.space.instant import Instant

SCENARIOS = Path(__file__).with_name("scenarios")
Step = dict[str, Any]


def play(name: str, *, keep: bool) -> None:
    """Play a scenario by its name or file; with `keep` the nodes stay up until Enter or Ctrl-C.

    Raises:
        LocalError: `bad-argument`: there is no such scenario, or its script cannot be played.
    """
    scenario = _read(name)
    try:
        asyncio.run(Player(scenario, keep=keep).play())
    except KeyboardInterrupt:
        render.block("")


def _read(name: str) -> dict[str, Any]:
    file = SCENARIOS / f"{name}.json"
    if not file.is_file():
        file = Path(name)
    if not file.is_file():
        known = ", ".join(sorted(one.stem for one in SCENARIOS.glob("*.json")))
        raise LocalError(BAD_ARGUMENT, f"no such scenario: {known}, or a file", place="--scenario")
    found = content.read_json(file.read_bytes())
    if type(found) is not dict or not {"title", "parties", "clock", "script"} <= found.keys():
        raise LocalError(BAD_ARGUMENT, "a scenario has title, parties, clock and script", place=str(file))
    return found


class Player:
    """Plays one scenario, step by step."""

    def __init__(self, scenario: dict[str, Any], *, keep: bool) -> None:
        self.scenario, self.keep = scenario, keep
        self.statements: dict[str, str] = {}
        self.proofs: list[tuple[Path, dict[str, Fingerprint]]] = []
        self._time = own("")
        self._again: str | None = scenario["clock"]
        self._steps: dict[str, Callable[[Step], Awaitable[None]]] = {
            "tell": self._tell,
            "clock": self._clock,
            "do": self._do,
            "until": self._until,
            "hear": self._hear,
            "down": self._down,
            "show": self._show,
            "before": self._before,
            "prove": self._prove,
        }

    async def play(self) -> None:
        """Play the script; `again` begins anew with fresh nodes. All that it makes stays until the end, in one folder."""
        begun = time.monotonic()
        render.heading(self.scenario["title"], self.scenario.get("note", ""))
        script = list(self.scenario["script"])
        with tempfile.TemporaryDirectory(prefix="comity-demo-") as made:
            self.folder, run = Path(made), 0
            while self._again is not None:
                (start, self._again), run = (at(self._again), None), run + 1
                async with stage(self.scenario["parties"], start, self.folder, f"run-{run}") as self.stage:
                    while script and self._again is None:
                        await self._step(script.pop(0))
                    if self._again is None:
                        render.block("")
                        render.say("That took {} s.", round(time.monotonic() - begun, 1))
                        await self._end()

    async def _end(self) -> None:
        if not self.keep:
            return
        if sys.stdin is None or not sys.stdin.isatty():
            render.say("There is no terminal here, so the demo ends; in one, its nodes stay up to be looked at.")
            return
        await self._look_around()

    async def _step(self, step: Step) -> None:
        if "again" in step:
            self._again, self._time = step["again"], own("[{}] ", word(step["again"]))
            return
        kind = next((kind for kind in self._steps if kind in step), None)
        if kind is None:
            raise LocalError(BAD_ARGUMENT, f"no step has the keys {', '.join(step)}", place="script")
        await self._steps[kind](step)
        sys.stdout.flush()

    async def _tell(self, step: Step) -> None:
        render.block("")
        render.prose(step["tell"])

    async def _clock(self, step: Step) -> None:
        self.stage.set_clock(at(step["clock"]))
        self._time = own("[{}] ", word(step["clock"]))

    def _then(self) -> Own:
        """The time, if it has leapt, before what is done then."""
        then, self._time = self._time, own("")
        return then

    async def _hear(self, step: Step) -> None:
        """{"hear": party}: it asks all others now, so that no picture of its is old because the clock has leapt."""
        await self.stage.do(step["hear"], "sync")

    async def _down(self, step: Step) -> None:
        """{"down": party}: its node answers nobody any more."""
        self.stage.nodes[step["down"]].stop()

    async def _do(self, step: Step) -> None:
        """{"by": party, "do": operation, ...}: `object`, `area` and `of` name what stands in the scenario."""
        args = {
            name: value
            for name, value in step.items()
            if name not in ("by", "do", "as", "show", "object", "area", "of", "unsaid")
        }
        if "object" in step:
            args["raw"] = base64.b64encode(content.dump(self.scenario["objects"][step["object"]])).decode()
        if "area" in step:
            args["geojson"] = json.dumps(self.scenario["areas"][step["area"]])
        if "of" in step:
            args["replaces" if step["do"] in ("notice", "protect") else "statement"] = self.statements[step["of"]]
        told = await self.stage.do(step["by"], step["do"], **args)
        if "as" in step:
            self.statements[step["as"]] = told["statement"]
        if step["do"] == "check":
            render.say("{}{} checks:", self._then(), word(step["by"]))
            views.checked(told)
        elif step.get("unsaid"):
            self._then()
        else:
            self._said(step, told)

    def _said(self, step: Step, told: Any) -> None:
        words = {
            "say": "says {object}",
            "position": "{stance} {subject} ({basis})",
            "notice": "gives notice: {kind} {state}",
            "protect": "protects: {function} {name}",
        }
        given = {"object": "", "state": "", "kind": "", "basis": "", "name": "", "function": ""} | step
        did = " ".join(words[step["do"]].format_map(given).split()) if step["do"] in words else step["do"]
        to = ", ".join(told.get("released_to") or told.get("withdrawn_from") or []) or "nobody: own party only"
        render.say("{}{} {}  ->  {}", self._then(), word(step["by"]), own(did), own(to))
        for one in told.get("objections", []):
            render.say("   objection: {}", own(one["text"]))

    async def _until(self, step: Step) -> None:
        """{"until": "held" | "proved" | "objections", "at": party, "of": label, "with": party, "witnesses"?: N}."""
        what = step["until"]

        async def reached() -> bool:
            if what == "objections":
                return bool(await self.stage.do(step["at"], "objections"))
            told = await self.stage.do(step["at"], "told", statement=self.statements[step["of"]])
            standing = told["parties"].get(step["with"], {"rungs": {}, "proved_by": None})
            if what == "proved":
                # A time leaps only after all that are to cosign before it have done so.
                return bool(standing["proved_by"]) and standing["third_parties"] >= step.get("witnesses", 1)
            return what in standing["rungs"]

        await self.stage.until(json.dumps(step), reached)

    async def _show(self, step: Step) -> None:
        """{"show": a list, "at": party}: what the command of that name shows."""
        party, what = step["at"], step["show"]
        render.say("{0}: comity -C {0} {1}", word(party), word(what))
        views_of: dict[str, Callable[[Any], None]] = {
            "told": scenes.told,
            "inbox": views.inbox,
            "positions": scenes.positions,
            "objections": scenes.objections,
            "alerts": views.alerts,
            "statements": scenes.statements,
        }
        args: Step = {name: step[name] for name in ("type", "subject") if name in step}
        if "of" in step:
            args["statement"] = self.statements[step["of"]]
        views_of[what](await self.stage.do(party, what, **args))

    async def _before(self, step: Step) -> None:
        """{"before": T, "at": teller, "of": label, "parties": [...]}: who had been told by then, each with a proof file."""
        limit, teller, label = at(step["before"]), step["at"], step["of"]
        told = await self.stage.do(teller, "told", statement=self.statements[label])
        render.say(
            "who had been told of {} before {}, as {} can show:", word(label), word(step["before"]), word(teller)
        )
        for party in step["parties"]:
            if party in told["parties"]:
                file, verdict = await self._proof(teller, label, party)
                render.say("{}: {}", word(party), _by_then(verdict, limit))
                render.say("  {}: {}", word(file.name), _judged(verdict))
                scenes.shown(verdict, scenes.ANSWERED)
            else:
                render.say("{}: never told: not in the logs disclosed to this reader", word(party))

    async def _prove(self, step: Step) -> None:
        """{"prove": label, "at": teller, "with": hearer}: a proof file, judged with nothing but the file."""
        file, verdict = await self._proof(step["at"], step["prove"], step["with"])
        render.say("{}: {}", word(file.name), _judged(verdict))
        scenes.shown(verdict, scenes.TOLD if step.get("altered") else scenes.ANSWERED)
        if step.get("altered"):
            data = bytearray(file.read_bytes())
            data[len(data) // 2] ^= 1
            judged = _judged(verify(bytes(data), self.stage.trust))
            render.say("{}, one bit changed: {}", word(file.name), judged)

    async def _proof(self, teller: str, label: str, hearer: str) -> tuple[Path, Verdict]:
        told = await self.stage.do(teller, "prove", statement=self.statements[label], to=hearer)
        data = base64.b64decode(told["proof"])
        file = self.folder / f"{len(self.proofs) + 1}-{label}-{teller}-{hearer}.comity-proof"
        file.write_bytes(data)
        trust = self.stage.trust
        cosigners = [name for name in trust if name not in (teller, hearer)]
        self.proofs.append((file, {name: trust[name] for name in (teller, hearer, *cosigners[-1:])}))
        return file, verify(data, trust)

    async def _look_around(self) -> None:
        render.block("The nodes stay up. Look around from another terminal, and paste:\n")
        print(self._commands())  # noqa: T201 - to be pasted: no line of it may be folded
        render.block("\nEnter or Ctrl-C ends the demo and removes its folder.")
        sys.stdout.flush()
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(sys.stdin.fileno(), ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(sys.stdin.fileno())

    def _commands(self) -> str:
        """What can be pasted as it stands, of what the story has left."""
        at, parties = self.folder, list(self.stage.nodes)
        first, last = at / "run-1", self.stage.folder
        lines = [f"cd {at}; export COMITY_STATE={at / 'state'} PATH={Path(sys.executable).parent}:$PATH"]
        lines += [f"comity -C {first.name}/{parties[0]} statements", f"comity -C {last.name}/{parties[-1]} inbox"]
        lines += [f"comity -C {last.name}/{parties[-1]} status"]
        for file, trust in self.proofs[:1]:
            known = [f"--trust {name}={fingerprint}" for name, fingerprint in trust.items()]
            lines.append(" \\\n    ".join([f"comity verify {file.name}", *known]))
        return "\n".join(f"  {line}" for line in lines)


def _by_then(verdict: Verdict, limit: Instant) -> Own:
    if verdict.proved_by is None:
        return own("not proved by any third party")
    return own("yes" if verdict.proved_by <= limit else "not proved")


def _judged(verdict: Verdict) -> Own:
    if not verdict.valid:
        return own("NOT VALID: {}", own(verdict.problems[0]["message"]))
    trusted = own("trusted" if verdict.trusted else "not trusted")
    return own("valid, {}{}", trusted, own(", a reconstruction" if verdict.reconstruction else ""))
