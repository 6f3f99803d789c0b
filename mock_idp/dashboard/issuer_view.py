"""One issuer: what it serves and remembers, in parts of a page that are kept up to date."""

from __future__ import annotations

from typing import Any

from mock_idp.control.client_specs import show_client, show_user
from mock_idp.dashboard import consequences
from mock_idp.dashboard.fields import fault_forms, mutation_forms, token_algorithms
from mock_idp.dashboard.pages import page, part
from mock_idp.dashboard.timeline import STATES, WIDTH, timeline
from mock_idp.http11.response import Response
from mock_idp.issuer.issuer import Issuer
from mock_idp.jose.algorithms import SIGNING_ALGORITHMS
from mock_idp.jose.ring import RingEntry
from mock_idp.plans.faults.queue import PlannedFault
from mock_idp.trusting.recipes import Trust, recipes
from mock_idp.vendors.context import SERVED_ENDPOINTS

MAX_REQUESTS = 100
"""How many requests of the log are shown, the newest."""
MAX_SHOWN = 100
"""How many keys, faults, clients and users are shown, the newest."""
# Where a key may be moved from each state; the encryption key signs nothing.
_MOVES = {
    "next": ("current", "retired", "revoked", "removed"),
    "current": ("retired", "revoked"),
    "previous": ("current", "retired", "revoked", "removed"),
    "retired": ("previous", "revoked", "removed"),
    "revoked": ("removed",),
    "hidden": ("next", "current", "removed"),
}
_VERBS = {
    "current": "Let it sign",
    "next": "Announce",
    "previous": "Publish",
    "retired": "Retire",
    "revoked": "Revoke",
    "removed": "Remove",
}


def issuer_page(issuer: Issuer) -> Response:
    """The part of the page about an issuer, with places for what `live_parts` says."""
    context = issuer.context
    return page(
        "issuer.html",
        id=issuer.id,
        vendor=issuer.vendor.name,
        about={
            "issuer": issuer.issuer,
            "JWKS": issuer.jwks_uri,
            "discovery": issuer.discovery_url,
            "token endpoint": issuer.token_endpoint,
            "audience": context.audience,
            "permissions claim": context.permissions_claim,
            "token lifetime": f"{context.token_lifetime_seconds} s",
        },
        endpoints=_endpoints(issuer),
        fault_forms=fault_forms(),
        mutation_forms=mutation_forms(),
        token_algorithms=token_algorithms(),
        recipes=recipes(_trust(issuer)),
        states=STATES,
        algorithms=SIGNING_ALGORITHMS,
    )


def live_parts(issuer: Issuer) -> dict[str, str]:
    """The HTML of what changes by itself, by its name."""
    return {
        "keys": _keys(issuer),
        "faults": _faults(issuer),
        "clients": _people(issuer),
        "log": _log(issuer),
    }


def _trust(issuer: Issuer) -> Trust:
    context = issuer.context
    return Trust(issuer.jwks_uri, issuer.issuer, context.audience, context.permissions_claim, issuer.algorithm)


def _endpoints(issuer: Issuer) -> list[str]:
    """The endpoints that the issuer has, in the order in which they are named everywhere."""
    served = {endpoint for _, endpoint in issuer.routes()}
    return [endpoint for endpoint in SERVED_ENDPOINTS if endpoint in served]


def _keys(issuer: Issuer) -> str:
    now, entries = issuer.clock.now(), issuer.key_entries()
    return part(
        "keys.html",
        id=issuer.id,
        picture=timeline(issuer.key_changes(), entries, now),
        width=WIDTH,
        states=STATES,
        habit=issuer.vendor.rotation_habit,
        habits=consequences.HABITS,
        keys=[_key(issuer, entry) for entry in entries[-MAX_SHOWN:]],
        left_out=max(len(entries) - MAX_SHOWN, 0),
        rotations={habit: consequences.rotation(issuer, habit) for habit in consequences.HABITS},
    )


def _key(issuer: Issuer, entry: RingEntry) -> dict[str, Any]:
    signs = entry.key.use != "enc"
    return {
        "kid": entry.key.kid,
        "name": entry.name,
        "handle": entry.name or entry.key.kid,
        "state": entry.state,
        "since": entry.since,
        "algorithm": entry.key.algorithm.name,
        "use": entry.key.use,
        "moves": [
            {"to": to, "verb": _VERBS[to], "say": consequences.moving(issuer, entry, to)}
            for to in _MOVES[entry.state]
            if signs or to not in ("current", "next")
        ],
    }


def _faults(issuer: Issuer) -> str:
    planned = issuer.faults.planned()
    return part(
        "planned.html",
        id=issuer.id,
        faults=[_fault(one) for one in planned[-MAX_SHOWN:]],
        left_out=max(len(planned) - MAX_SHOWN, 0),
    )


def _fault(planned: PlannedFault) -> dict[str, Any]:
    told = planned.as_json()
    usual = {"id", "on", "kind", "times", "when", "served"}
    return {
        "id": planned.id,
        "on": planned.on,
        "kind": planned.fault.kind,
        "sentence": (planned.fault.__doc__ or "").splitlines()[0],
        "spent": planned.spent,
        "served": planned.served,
        "times": planned.times,
        "when": told["when"],
        "parameters": {
            name: value for name, value in told.items() if name not in usual and value not in (None, "", {})
        },
    }


def _people(issuer: Issuer) -> str:
    clients, users = issuer.clients.clients, issuer.clients.users
    return part(
        "people.html",
        id=issuer.id,
        clients=[show_client(one) for one in list(clients.values())[-MAX_SHOWN:]],
        clients_left_out=max(len(clients) - MAX_SHOWN, 0),
        users=[show_user(one) for one in list(users.values())[-MAX_SHOWN:]],
        users_left_out=max(len(users) - MAX_SHOWN, 0),
    )


def _log(issuer: Issuer) -> str:
    """The newest requests, newest first, as the control API shows them: without secrets."""
    records = issuer.log.records(since=max(issuer.log.last_seq - MAX_REQUESTS, 0))
    return part(
        "log.html",
        id=issuer.id,
        requests=[record.as_json() | {"took": record.took_seconds} for record in reversed(records)],
        last=issuer.log.last_seq,
    )
