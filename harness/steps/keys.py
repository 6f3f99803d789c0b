"""Steps that change the issuer's keys and the key set it serves."""

from __future__ import annotations

from typing import Annotated

from harness.cell.cell_run import CellRun
from harness.grammar.kinds import Kind, gives
from harness.grammar.mock_words import JwkEdits, KeyName, KeySettings, KeyState
from harness.grammar.tables import Entries, OtherIssuer
from harness.steps.jwk_values import filled
from harness.steps.registry import step

NewKey = Annotated[str, gives("key")]


@step()
def make_key(run: CellRun, name: NewKey, **settings: KeySettings) -> None:
    """A key that is never published."""
    run.session.add_key(name, state="hidden", **settings)


@step(needs=("jwks",))
def publish_key(
    run: CellRun,
    name: NewKey,
    state: KeyState = "next",
    issuer: OtherIssuer | None = None,
    **settings: KeySettings,
) -> None:
    """A key in the JWKS (of another issuer, if named). `state` is `next` (published, does not sign) unless it says
    `current`; `kid = "{kid}"` takes the first key's kid.
    """
    if settings.get("kid") == "{kid}":
        settings["kid"] = run.session.first_kid
    if issuer is None:
        run.session.add_key(name, state=state, **settings)
    else:
        run.session.add_key_elsewhere(issuer, name, state=state, **settings)


@step(needs=("jwks",))
def set_key_state(run: CellRun, key: KeyName, state: KeyState) -> None:
    """Moves a key to `next`, `current`, `previous`, `retired`, `revoked` or `hidden`."""
    run.session.issuer.set_key_state(run.session.kid(key), state)
    run.session.forget_plain_tokens()


@step(needs=("jwks",))
def publish_only(run: CellRun, keys: Annotated[list[KeyName], Kind({"minItems": 0})]) -> None:
    """Exactly these are published and the first of them signs; `[]` empties the JWKS."""
    session = run.session
    wanted = [session.kid(name) for name in keys]
    for number, kid in enumerate(wanted):
        session.issuer.set_key_state(kid, "current" if number == 0 else "previous")
    for key in session.issuer.key_list():
        if key["kid"] not in wanted and key["state"] in ("next", "current", "previous"):
            session.issuer.set_key_state(key["kid"], "retired")
    session.forget_plain_tokens()


@step(needs=("jwks",))
def rotate_keys(run: CellRun) -> None:
    """One rotation as the style's vendor does it."""
    answer = run.session.issuer.rotate()
    run.session.kids[f"rotation-{len(run.session.kids)}"] = answer["signing"]
    run.session.forget_plain_tokens()


@step(takes="jwks", needs=("jwks",))
def edit_jwks(
    run: CellRun, before: Entries | None = None, after: Entries | None = None, edit: JwkEdits | None = None
) -> None:
    """Raw entries around the key set, and changes to its entries:
    `edit = { first = { set = { alg = "PS256" }, remove = ["use"] } }`. In the raw entries,
    `{ "$jwk" = "k2", use = "enc" }` is the public JWK of a key with members replaced.
    """
    session = run.session
    edit = {session.kids.get(name, name): change for name, change in (edit or {}).items()}
    entries = {"before": filled(run, before or []), "after": filled(run, after or [])}
    session.issuer.edit_jwks({**entries, "edit": run.fill(edit)})
