"""The judges: programs of others that check what a node exports, each with what it judges and how it is got.

A judge is a process: exit 0 says that it holds, 1 that it does not, and anything else that it could not do its work, which
is a fault of the test. None of them knows Comity.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
# Where `make judges` installs them.
FOLDER = Path(sys.prefix) / "judges"
REQUIRED = os.environ.get("COMITY_JUDGES") == "required"


@dataclass(frozen=True)
class Verdict:
    """What a judge said of one folder."""

    holds: bool
    words: str


@dataclass(frozen=True)
class Judge:
    """A program of others.

    Attributes:
        judges: the kinds of artefact that it can judge.
        command: what is run for a kind and a folder.
        needs: files without which it is not here.
        get: how it is got.
    """

    name: str
    judges: tuple[str, ...]
    command: Callable[[str, Path], list[str]]
    needs: tuple[Path, ...]
    get: str = "make judges"

    def missing(self) -> str:
        """What is missing for it to run here, and how to get it; empty if nothing is."""
        lacks = ["/".join(path.parts[-2:]) for path in self.needs if not path.exists()]
        return f"{self.name} does not judge here: no {', '.join(lacks)}; get it with: {self.get}" if lacks else ""

    def judge(self, kind: str, folder: Path) -> Verdict:
        """Have it judge one folder.

        Raises:
            RuntimeError: it could not do its work.
        """
        done = subprocess.run(self.command(kind, folder), capture_output=True, text=True, timeout=120, check=False)
        words = (done.stdout + done.stderr).strip()
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{self.name} broke on {kind}: {words}")
        return Verdict(done.returncode == 0, words)


def _program(name: str) -> Path:
    return Path(shutil.which(name) or f"/usr/bin/{name}")


def _openssl(kind: str, folder: Path) -> list[str]:
    """Part a note into what is signed and the log's raw signature, which is all that openssl wants to see."""
    name, id, _ = (folder / "log.vkey").read_text().split("+", 2)
    text, _, lines = (folder / "checkpoint").read_bytes().rpartition(b"\n\n")
    signature = b""
    for line in lines.decode("utf-8", "replace").splitlines():
        signed = base64.b64decode(line.split(" ")[-1])
        if line.startswith(f"\N{EM DASH} {name} ") and signed[:4].hex() == id:
            signature = signed[4:]
    (folder / "body").write_bytes(text + b"\n")
    (folder / "signature").write_bytes(signature)
    paths = [str(folder / each) for each in ("log.pem", "body", "signature")]
    command = [str(_program("openssl")), "pkeyutl", "-verify", "-pubin", "-rawin"]
    return [*command, "-inkey", paths[0], "-in", paths[1], "-sigfile", paths[2]]


_XMOD = FOLDER / f"xmod-{hashlib.sha256((HERE / 'judge.go').read_bytes()).hexdigest()[:12]}"
_SIGSTORE = FOLDER / "sigstore/node_modules/@sigstore/verify"
_SCITT = FOLDER / "scitt/bin/python"

JUDGES = (
    Judge("openssl", ("checkpoint",), _openssl, (_program("openssl"),), "apt-get install openssl"),
    Judge(
        "Go x/mod",
        ("checkpoint", "cosignatures", "inclusion", "consistency"),
        lambda kind, folder: [str(_XMOD), kind, str(folder)],
        (_XMOD,),
        "make judges (apt-get install golang-go golang-golang-x-mod-dev)",
    ),
    Judge(
        "@sigstore/verify",
        ("checkpoint", "inclusion"),
        lambda kind, folder: [
            str(_program("node")),
            str(HERE / "sigstore_judge.js"),
            str(_SIGSTORE),
            kind,
            str(folder),
        ],
        (_program("node"), FOLDER / "sigstore/ready"),
        "make judges (node, npm)",
    ),
    Judge(
        "scitt-cose",
        ("statement", "receipt"),
        lambda kind, folder: [str(_SCITT), str(HERE / "scitt_judge.py"), kind, str(folder)],
        (FOLDER / "scitt/ready",),
        "make judges (pip)",
    ),
)
