"""The four jobs done with `idp-harness` and with `tasker-ctl auth`, on the same inputs: where they do otherwise."""

from __future__ import annotations

import re
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import jwt

from harness.base.errors import TargetError
from harness.processes.guarded_process import clean_environment
from harness.processes.run_to_end import Ended, run_to_end
from harness.processes.scratch_folder import ScratchFolder
from harness.shown.foreign_text import foreign
from harness.static_key import pem_files
from harness.static_key.tokens import Grant, issue

_SECONDS = 60.0
_LINES = 500
_OURS = (sys.executable, "-c", "from harness.cli import main; main()")
# How either calls its jobs; the options are the same.
_JOBS = {
    "keys": (("keys", "generate"), ("auth", "generate-keys")),
    "token": (("token", "generate"), ("auth", "generate-token")),
    "validate": (("token", "validate"), ("auth", "validate-token")),
    "permissions": (("permissions",), ("auth", "show-permissions")),
}
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_PERMISSION = re.compile(r"(?m)^[ \t]*([a-z_]+:(?:[a-z_]+|\*)|\*)(?=\s)")
_GRANT = Grant("tasker-core", "tasker-api", "my-service", ("tasks:create", "tasks:read"))
_HOURS = 2


@dataclass(frozen=True)
class Difference:
    """What either made of one input; `is_one` is false where they agree."""

    what: str
    ours: str
    theirs: str

    @property
    def is_one(self) -> bool:
        return self.ours != self.theirs


class _Tool:
    """One of the two programs, with a folder of its own."""

    def __init__(self, command: Sequence[str], number: int, folder: Path) -> None:
        self._command, self._number, self.folder = command, number, folder

    def do(self, job: str, **options: object) -> Ended:
        """Do a job. Raises `TargetError` when that has no end."""
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        command = [*self._command, *_JOBS[job][self._number], *words]
        environment = clean_environment({"HOME": str(self.folder)})
        ended = run_to_end(command, environment, name="tool", seconds=_SECONDS, lines=_LINES)
        if ended.status is None:
            raise TargetError(f"{self._command[0]} had not ended after {_SECONDS:g} s", ended.said)
        return ended


def compare(program: str) -> Iterator[Difference]:
    """What both make of the same inputs, one after the other. `program` is the path of tasker-ctl, or of its like.

    Raises `TargetError` when it can't be started or has no end.
    """
    scratch = ScratchFolder()
    try:
        scratch.make()
        tools = [_Tool(_OURS, 0, scratch.path / "ours"), _Tool((program,), 1, scratch.path / "theirs")]
        for tool in tools:
            tool.folder.mkdir()
        key = pem_files.generate(scratch.path / "key")
        other = pem_files.generate(scratch.path / "other")
        for what, look in {**_KEYS, **_tokens(key, other), "the permissions": _permissions}.items():
            yield Difference(what, look(tools[0]), look(tools[1]))
    finally:
        scratch.remove()


Look = Callable[[_Tool], str]


def _pair(tool: _Tool) -> str:
    """What generated keys are like: mode and form."""
    ended = tool.do("keys", output_dir=tool.folder / "keys", key_size=2048)
    files = [tool.folder / "keys" / name for name in (pem_files.PRIVATE_NAME, pem_files.PUBLIC_NAME)]
    if ended.status != 0 or not all(file.is_file() for file in files):
        return f"none, exit status {ended.status}"
    mode = stat.S_IMODE(files[0].stat().st_mode)
    forms = [re.findall(r"-----BEGIN ([A-Z ]+)-----", file.read_text(encoding="ascii")) for file in files]
    return f"{' and '.join(form[0] if form else 'no PEM' for form in forms)}, the private one {mode:04o}"


def _again(tool: _Tool) -> str:
    """What becomes of keys that are there."""
    file = tool.folder / "keys" / pem_files.PRIVATE_NAME
    before = file.read_bytes() if file.is_file() else b""
    ended = tool.do("keys", output_dir=tool.folder / "keys", key_size=2048)
    kept = "stays" if file.is_file() and file.read_bytes() == before else "is written over"
    return f"{kept}, exit status {'0' if ended.status == 0 else 'not 0'}"


def _short(tool: _Tool) -> str:
    return "made" if tool.do("keys", output_dir=tool.folder / "short", key_size=1024).status == 0 else "refused"


_KEYS: Mapping[str, Look] = {
    "a pair of 2048 bits": _pair,
    "a pair where one is": _again,
    "a pair of 1024 bits": _short,
}


def _tokens(key: pem_files.KeyPair, other: pem_files.KeyPair) -> dict[str, Look]:
    """A token that is generated, and tokens that are validated."""
    signer, stranger = pem_files.read_private_key(key.private), pem_files.read_private_key(other.private)
    now = time.time()
    good = issue(signer, _GRANT, now=now, lifetime_seconds=3600)
    elsewhere = Grant("tasker-core", "another-api", "my-service", _GRANT.permissions)
    unknown = Grant("tasker-core", "tasker-api", "my-service", ("tasks:raed",))
    tokens = {
        "a good token": good,
        "one that expired an hour ago": issue(signer, _GRANT, now=now - 7200, lifetime_seconds=3600),
        "one for another API": issue(signer, elsewhere, now=now, lifetime_seconds=3600),
        "one of a stranger": issue(stranger, _GRANT, now=now, lifetime_seconds=3600),
        "one with an unknown permission": issue(signer, unknown, now=now, lifetime_seconds=3600),
        "no token": "a.b.c",
    }
    looks: dict[str, Look] = {"a new token": lambda tool: _generated(tool, key)}
    for what, token in tokens.items():
        looks[what] = lambda tool, token=token: _validated(tool, key, token)  # type: ignore[misc]
    return looks


def _generated(tool: _Tool, key: pem_files.KeyPair) -> str:
    permissions = ",".join(_GRANT.permissions)
    ended = tool.do(
        "token", private_key=key.private, permissions=permissions, subject=_GRANT.subject, expiry_hours=_HOURS
    )
    found = _TOKEN.search(ended.said.as_it_came)
    if ended.status != 0 or found is None:
        return f"none, exit status {ended.status}: {_last_line(ended)}"
    with suppress(jwt.PyJWTError):
        public = pem_files.read_public_key(key.public)
        claims = jwt.decode_complete(found[0], public, ["RS256"], audience=_GRANT.audience)["payload"]
        hours = (claims["exp"] - claims["iat"]) / 3600
        return f"for {foreign(claims['sub'])}, {hours:g} h, {' '.join(map(str, map(foreign, claims['permissions'])))}"
    return "one that its own key doesn't verify"


def _validated(tool: _Tool, key: pem_files.KeyPair, token: str) -> str:
    return "accepted" if tool.do("validate", token=token, public_key=key.public).status == 0 else "refused"


def _permissions(tool: _Tool) -> str:
    """How many there are, and which wildcards."""
    known = set(_PERMISSION.findall(tool.do("permissions").said.as_it_came))
    wildcards = sorted(one for one in known if one.endswith("*"))
    return f"{len(known) - len(wildcards)}, and {' '.join(wildcards)}"


def _last_line(ended: Ended) -> str:
    lines = _TOKEN.sub("…", ended.said.as_it_came).strip().splitlines()
    return str(foreign(lines[-1])) if lines else ""
