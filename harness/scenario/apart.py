"""Cases that tell nothing about a service as it is declared: nobody has to write down for which services they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.base.errors import HarnessError
from harness.cell.outgoing import find_route, is_over_grpc
from harness.declared.profile import Profile
from harness.grammar.model import Table, Variant
from harness.grammar.placeholders import ROUTE_PARTS, fill
from harness.steps import STEPS

_REQUEST_LINE = re.compile(r"([A-Z]+) \{(\w+)\.path")
# What is expected for want of a permission.
_DENIALS = frozenset({"deny", "no-grant", "forbidden"})


def why_nothing_is_shown(variant: Variant, profile: Profile) -> str:
    """Why the case could not tell a right service of this profile from a wrong one; empty when it could."""
    for step in variant.steps:
        for line in _first_lines(step.args):
            if reason := _not_as_declared(line, profile):
                return reason
        for args in STEPS[step.do].says.sends(step.args):
            if reason := _no_method(args, profile):
                return reason
            if reason := _no_challenge(args, profile) or _no_body(args, profile):
                return reason
    for args in _denied(variant):
        route = find_route(args.get("request", "read"), profile)
        if profile.permissions_place.form == "none":
            return f"the profile {profile.name} says that a valid token is enough"
        if not route.permission:
            return f"the route {route.name!r} of the profile {profile.name} asks for no permission"
        if route.permission in _granted(args, profile):
            return f"in the profile {profile.name} the permissions that it tells apart are the same"
    return ""


def _no_method(args: Table, profile: Profile) -> str:
    """Why a request can't be sent over gRPC."""
    request = args.get("request", "read")
    if not is_over_grpc(request) or profile.grpc.beside(route := find_route(request.get("route", "read"), profile)):
        return ""
    return f"the profile {profile.name} has no gRPC method that asks for the permission of the route {route.name!r}"


def _first_lines(args: Table) -> Iterator[str]:
    """The first line of each raw request."""
    for one in (args, *(args.get("requests", ()))):
        if one.get("lines"):
            yield one["lines"][0]


def _not_as_declared(line: str, profile: Profile) -> str:
    """Why a request that is written out isn't the one to the route that it names."""
    found = _REQUEST_LINE.match(line)
    route = profile.routes.get(found[2]) if found else None
    if found is None or route is None or (route.method == found[1] and not route.headers):
        return ""
    return f"it writes {found[1]} to the route {route.name!r} out, to which the profile {profile.name} says more"


def _no_body(args: Table, profile: Profile) -> str:
    """Why a HEAD can't be judged: who says no in the body of a 2xx says nothing there (RFC 9110 §9.3.2)."""
    request = args.get("request", "read")
    if isinstance(request, str) or request.get("method") != "HEAD" or not profile.refusal.error_member:
        return ""
    return f"services of the profile {profile.name} say no in the body of an answer, and an answer to HEAD has none"


def _no_challenge(args: Table, profile: Profile) -> str:
    """Why no WWW-Authenticate has to be there: it belongs to a 401, and may stand beside a 403 (RFC 9110 §11.6.1)."""
    if not args.get("answer", {}).get("headers", {}).get("WWW-Authenticate"):
        return ""
    request, expected = args.get("request", "read"), args.get("expect")
    anonymous = not isinstance(request, str) and request.get("anonymous")
    denied = not isinstance(expected, list) and expected in _DENIALS
    answer = "no_permission" if denied else "without_credentials" if anonymous else "bad_token"
    declared = profile.refusal.declared(answer)
    if declared is None and profile.refusal.error_member:
        return f"the profile {profile.name} says no in the body, where no challenge is asked for"
    if declared is None or {401, *((403,) if answer == "no_permission" else ())} & set(declared):
        return ""
    return f"the profile {profile.name} declares another status of {answer} than one with a challenge"


def _denied(variant: Variant) -> Iterator[Table]:
    """The requests of the case of which one may be denied for want of a permission."""
    for step in variant.steps:
        for args in STEPS[step.do].says.sends(step.args):
            policy = args.get("policy", {})
            expected = [policy["then"], policy["otherwise"]] if policy else [args.get("expect", "accept")]
            words = [one for two in expected for one in ([two] if isinstance(two, str) else two)]
            if _DENIALS.intersection(words) and not _denied_for_another_reason(args):
                yield {**args, **({"permissions": step.args["permissions"]} if "permissions" in step.args else {})}


def _denied_for_another_reason(args: Table) -> bool:
    """Whether the token has something wrong that is no permission, such as a claim that is a rule of the service's."""
    token = args.get("token", {})
    return bool(token) and "other_claims" not in token and "permissions" not in repr(token)


def _granted(args: Table, profile: Profile) -> list[str]:
    """The permissions that the token of a request has by its table, as a service reads them."""
    wanted = args.get("token", {}).get("permissions", args.get("permissions", ()))
    words = {
        f"{name}.{part}": lambda route=route, part=part: str(getattr(route, part))
        for name, route in profile.routes.items()
        for part in ROUTE_PARTS
    }
    try:
        granted: list[str] = [] if isinstance(wanted, str) else fill(list(wanted), words)
    except HarnessError:  # It has words that are known only when the case is run.
        return []
    # In a text with blanks between them, one permission with a blank in it is two.
    return " ".join(granted).split() if profile.permissions_place.form == "string" else granted
