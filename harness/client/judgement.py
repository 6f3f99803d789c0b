"""What arrived against what a case expects: the one credential of the highest rank, in its header, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.base.verdicts import Deviation, Inconclusive
from harness.client.case_file import Case, CaseFile
from harness.client.recorder import GRPC, HTTP2, Call
from harness.client.values import Values
from harness.wire.grpc_library import why_not_installed

_NOTHING = "no credential"


def judge(file: CaseFile, case: Case, values: Values, calls: Sequence[Call]) -> None:
    """Return when every call carries what it must. Raises `Deviation` at the first that doesn't.

    A call to a public path may come without the credential, but with no other. Raises `Inconclusive` when nothing that
    needs a credential was called.
    """
    for call in calls:
        _judge_transport(case, call)
    if any(call.transport == HTTP2 for call in calls):
        why = why_not_installed() or "it called no method of gRPC"
        raise Inconclusive(f"it spoke HTTP/2, as the case wants, and nothing that it sent there was read: {why}")
    for call in calls:
        _judge_place(case, values, call)
        if not (_is_public(file, call) and not _credentials(file, values, call)):
            _judge_headers(file, case, values, call)
    if all(_is_public(file, call) for call in calls):
        raise Inconclusive("it called public paths only, which need no credential")


def expected(case: Case, api: str | None = None) -> str:
    """What must arrive, in words; at all APIs when none is named."""
    texts = {one: _words(headers) for one, headers in case.expect.items() if api in (None, one)}
    transport = f" over {case.transport}" if case.transport else ""
    if len(set(texts.values())) == 1:
        return next(iter(texts.values())) + transport
    return "; ".join(f"{one}: {text}" for one, text in texts.items()) + transport


def arrived(file: CaseFile, values: Values, call: Call) -> str:
    """What a call carried, in words that show no credential."""
    if call.transport == HTTP2:
        return f"HTTP/2 at {call.api}"
    found = ", ".join(f"{name}: {values.shown(value)}" for name, value in _credentials(file, values, call))
    return f"{found or _NOTHING} with {call.method} {values.shown_path(call.path)} at {call.api} over {call.transport}"


def _judge_transport(case: Case, call: Call) -> None:
    used = GRPC if call.transport == HTTP2 else call.transport
    if case.transport not in (None, used):
        raise Deviation(f"a call over {case.transport}", f"{call.method} {call.path} over {used} at {call.api}")
    if case.transport is None and call.transport == HTTP2:
        raise Inconclusive("it spoke HTTP/2, which is not read; let it speak HTTP/1.1")


def _judge_place(case: Case, values: Values, call: Call) -> None:
    for where, text in (("address", call.target), ("body", call.body)):
        if values.holds_secret(text):
            raise Deviation(expected(case, call.api), f"a credential in the {where} of {call.method} at {call.api}")


def _judge_headers(file: CaseFile, case: Case, values: Values, call: Call) -> None:
    wanted = case.expect[call.api]
    found = _credentials(file, values, call)
    names = sorted(name.lower() for name, _ in found)
    right = names == sorted(name.lower() for name in wanted) and all(
        values.fits(template, value) for name, template in wanted.items() for value in call.values(name)
    )
    if not right:
        raise Deviation(expected(case, call.api), arrived(file, values, call))


def _credentials(file: CaseFile, values: Values, call: Call) -> list[tuple[str, str]]:
    """The headers in which credentials travel, and any other that holds one."""
    return [
        (name, value)
        for name, value in call.headers
        if name.lower() in file.credential_headers or values.holds_secret(value)
    ]


def _is_public(file: CaseFile, call: Call) -> bool:
    return any(call.path == path or call.path.startswith(path.rstrip("/") + "/") for path in file.public)


def _words(headers: Mapping[str, str]) -> str:
    shown = (f"{name}: {text.replace('{', '<').replace('}', '>')}" for name, text in headers.items())
    return ", ".join(shown) or _NOTHING
