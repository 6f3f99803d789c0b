"""Steps that change the issuer's keys and the key set it serves."""

from __future__ import annotations

from typing import Any

from harness.cell_run import CellRun
from harness.model import Table
from harness.steps.jwk_values import filled


def make_key(run: CellRun, name: str, **settings: Any) -> None:
    """A key that is never published."""
    run.session.add_key(name, state="hidden", **settings)


def publish_key(run: CellRun, name: str, state: str = "next", issuer: str | None = None, **settings: Any) -> None:
    """Add a key to the JWKS: published, and with state `current` also the one that signs.

    With `issuer` it is a key of another issuer that a step made.
    """
    if settings.get("kid") == "{kid}":
        settings["kid"] = run.session.first_kid
    if issuer is None:
        run.session.add_key(name, state=state, **settings)
    else:
        run.session.add_key_elsewhere(issuer, name, state=state, **settings)


def set_key_state(run: CellRun, key: str, state: str) -> None:
    """Move a key to another state of its life."""
    run.session.issuer.set_key_state(run.session.kid(key), state)
    run.session.forget_plain_tokens()


def publish_only(run: CellRun, keys: list[str]) -> None:
    """Publish exactly these keys; the first of them signs. Without keys the JWKS is empty."""
    session = run.session
    wanted = [session.kid(name) for name in keys]
    for number, kid in enumerate(wanted):
        session.issuer.set_key_state(kid, "current" if number == 0 else "previous")
    for key in session.issuer.key_list():
        if key["kid"] not in wanted and key["state"] in ("next", "current", "previous"):
            session.issuer.set_key_state(key["kid"], "retired")
    session.forget_plain_tokens()


def rotate_keys(run: CellRun) -> None:
    """One rotation as the style's vendor does it."""
    answer = run.session.issuer.rotate()
    run.session.kids[f"rotation-{len(run.session.kids)}"] = answer["signing"]
    run.session.forget_plain_tokens()


def edit_jwks(
    run: CellRun, before: list[Any] | None = None, after: list[Any] | None = None, edit: Table | None = None
) -> None:
    """Serve raw entries around the key set, or change members of its keys."""
    session = run.session
    edit = {session.kids.get(name, name): change for name, change in (edit or {}).items()}
    entries = {"before": filled(run, before or []), "after": filled(run, after or [])}
    session.issuer.edit_jwks({**entries, "edit": run.fill(edit)})
