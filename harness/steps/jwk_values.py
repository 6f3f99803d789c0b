"""Keys inside the data of a step: tables such as `{ "$jwk" = "k2", use = "enc" }`, which stand for JSON values."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from harness.cell.cell_run import CellRun
from harness.shown.private_numbers import private_numbers


def filled(run: CellRun, value: Any) -> Any:
    """`value` with its placeholders filled in and, anywhere inside, these tables replaced:

    `{ "$jwk" = NAME }`: the public JWK of a key; members beside it are set, those of a list `"$without"` left out,
    and with `"$private" = true` its private ones are there too (RFC 7518 §6.3.2), which no answer may then repeat.
    `{ "$json" = VALUE }`: that value as it is. `{ "$null" = true }`: null, which TOML doesn't have.
    """
    if isinstance(value, Mapping):
        if "$jwk" in value:
            return _jwk(run, value)
        if "$json" in value:
            return run.fill(value["$json"])
        if "$null" in value:
            return None
        return {run.fill(name): filled(run, item) for name, item in value.items()}
    return [filled(run, item) for item in value] if isinstance(value, list) else run.fill(value)


def _jwk(run: CellRun, table: Mapping[str, Any]) -> dict[str, Any]:
    kid = run.session.kid(table["$jwk"])
    jwk: dict[str, Any] = next(key["jwk"] for key in run.session.issuer.key_list() if key["kid"] == kid)
    if table.get("$private"):
        private = {
            name: base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
            for name, octets in private_numbers(run.session.issuer.private_pem(kid)).items()
        }
        run.leaked += private.values()
        jwk = {**jwk, **private}
    set_members = {name: item for name, item in table.items() if not name.startswith("$")}
    jwk = {**jwk, **filled(run, set_members)}
    return {name: item for name, item in jwk.items() if name not in table.get("$without", ())}
