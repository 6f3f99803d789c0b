"""The words of scenario files that stand for themselves: expectations, capabilities, settings and such.

The keys of the tables are in `grammar.tables`, the steps say themselves what they take (`steps`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.grammar.mock_file import WORDS

# The vendors in whose style tokens can be asked for, and those whose tokens are used unless some are named.
VENDORS: Final[tuple[str, ...]] = tuple(WORDS["vendors"])
# The options of a style with which services are judged, unless a profile has others.
STYLE_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = WORDS["judged_options"]
STYLES: Final[tuple[str, ...]] = tuple(WORDS["judged_vendors"])
# The one whose tokens MCP servers are judged with: their scenarios name it, and so nobody else has their cells.
MCP_STYLE: Final = "mcp"
LEVELS: Final = ("must", "should", "policy")
# The gravest is for a service that stands open although its configuration says otherwise: it comes first everywhere.
SEVERITIES: Final = ("catastrophic", "critical", "high", "medium", "low", "info")

# Expectation -> what it allows. Statuses, or a word of `checks.py`.
EXPECTATIONS: Final = {
    "accept": "the route's success status, or one that shows the caller was let in",
    "reject": "what the profile declares for a token that is refused, or for a request without credentials",
    "deny": "what the profile declares for a token without the permission",
    "no-grant": "as `reject` or `deny`",
    "unavailable": "as `reject`, or 500, 502, 503 or 504",
    "throttled": "as `reject`, or 429, which is an answer here and not waited for",
    "refuse": "as `reject`, or 400, 413, 414, 431 or a closed connection",
    "unauthorized": "what the profile declares for `reject`, and 401 where it declares nothing",
    "forbidden": "what the profile declares for `deny`, and 403 where it declares nothing",
    "public-ok": "the public route's own success status",
    "not-found": "404",
    "bad-request": "400 or 422",
    "observe": "anything but 5xx",
    "shut-out": "neither 2xx nor 5xx",
    "survive": "anything",
}
# These say "not let in": without an accepted control they prove nothing.
NEGATIVE_EXPECTATIONS: Final = frozenset(
    {"reject", "deny", "no-grant", "unavailable", "throttled", "refuse", "unauthorized", "forbidden"}
)

CAPABILITIES: Final = {
    "jwks": "verifies with keys fetched from a JWKS URL",
    "static-key": "can verify with one configured public key",
    "configure": "the harness can choose its configuration",
    "restart": "the harness can start and stop it",
    "api-keys": "accepts API keys beside bearer tokens",
    "openapi": "serves an OpenAPI document with the permission of each operation",
    "ec-keys": "can verify ECDSA signatures",
    "parses-body": "the write route reads its JSON body",
    "resource-count": "the number of its resources can be read",
    "item-route": "has a route that reads one resource by id",
    "other-resource": "has a protected route of a second resource",
    "config-route": "has a route that shows its configuration",
    "discovery": "can be configured with the URL of the issuer's metadata instead of its JWKS",
    "multi-issuer": "can trust two issuers, each with keys of its own",
    "tls": "can be made to trust a certificate authority for the fetch of its keys",
    "allow-http": "has a setting that forbids fetching keys over plain http",
    "metrics": "publishes counters of what authentication decided",
    "attacker-listener": "runs where the harness can see whether it calls an attacker's address",
    "tasker-vocabulary": "knows Tasker's permission names",
    "grpc": "serves the same callers over gRPC too",
}

# What scenarios need that speak of the Authorization header itself; the profile's credential says whether it is there.
BEARER_HEADER: Final = "bearer-header"
# What scenarios need that look into the service's log; how it is run says whether the harness can.
READABLE_LOG: Final = "readable-log"
# What scenarios need that write bytes to the service's socket; how it is run says whether there is one.
OWN_SOCKET: Final = "own-socket"
# What scenarios need that show one token to two services; the target says whether there is another one.
NEIGHBOUR: Final = "neighbour"

# The settings whose value is a word.
CONFIG_WORDS: Final = {
    "verification": ("jwks", "public_key"),
    "refresh": ("long", "short"),
    "api_keys": ("standard", "none", "with-empty", "star", "nearly-star", "long"),
    "defect": (
        "auth-table",
        "web-auth-table",
        "unknown-method",
        "no-jwks-url",
        "no-algorithms",
        "lower-case-algorithm",
        "misspelt-audience",
    ),
    "pattern": (
        "full-reference",
        "development-disabled",
        "development-static-key",
        "production-jwks",
        "production-config-endpoint",
    ),
    "pattern_place": ("documented", "read", "completed"),
    "overlay_of": ("service", "other-role", "other-environment"),
}
# What a service does that is told nothing else.
USUAL_SETTINGS: Final = {
    "strict_validation": False,
    "verification": "jwks",
    "refresh": "long",
    "api_keys": "standard",
    "config_endpoint": True,
    "allow_http": True,
    "guard_private_hosts": False,
    "grpc_tls": False,
    "discovery": False,
    "second_issuer": False,
    "tls": False,
    "decryption_key": False,
    "pattern_place": "documented",
    "overlay_of": "service",
}
# The settings that not every service has, and the capability that says so.
CONFIG_NEEDS: Final = {
    "discovery": "discovery",
    "second_issuer": "multi-issuer",
    "allow_http": "allow-http",
    "grpc_tls": "grpc",
    # They are Tasker's, and so are the names in them.
    "pattern": "tasker-vocabulary",
    "auth_settings": "tasker-vocabulary",
    "auth_without": "tasker-vocabulary",
    "variables": "tasker-vocabulary",
    "overlay_settings": "tasker-vocabulary",
}
# The settings of how keys are fetched: without a fetch there is nothing about them.
ABOUT_THE_KEY_SET: Final = frozenset(
    {
        "jwks_url",
        "refresh",
        "max_stale_seconds",
        "allow_http",
        "guard_private_hosts",
        "discovery",
        "second_issuer",
        "tls",
    }
)
# The settings that a profile may say for all its services, and the capability that goes with each.
OF_ALL_SERVICES: Final = {"verification": "static-key", "tls": "tls", "discovery": "discovery"}
# What the provider's TLS end can show, beside `trusted`, which is what the service was told to trust.
CERTIFICATES: Final = ("trusted", "self-signed", "wrong-host", "expired", "unknown-ca", "tls-1.0")
ROUTE_SETS: Final = ("openapi", "declared", "resource")
METHOD_SETS: Final = ("declared", "public", "shown")
TRANSPORTS: Final = ("http", "grpc")
BOTH_SERVICES: Final = ("own", "neighbour")
PERMISSION_SETS: Final = ("own", "all-but-own")
# The API keys that scenarios name: one with all permissions, one with the read route's, one with none.
API_KEYS: Final = ("full", "read", "none")
