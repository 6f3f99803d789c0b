"""The words of scenario files: every key, step, expectation and capability that exists, in one place.

The loader, the JSON schema for editors and the documentation are all made from these tables.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

_MOCK_WORDS: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "mock_idp" / "words.json").read_text(encoding="utf-8")
)
STYLES: Final[tuple[str, ...]] = tuple(_MOCK_WORDS["judged_vendors"])
LEVELS: Final = ("must", "should", "policy")
SEVERITIES: Final = ("critical", "high", "medium", "low", "info")

# Expectation -> what it allows. Statuses, or a word of `checks.py`.
EXPECTATIONS: Final = {
    "accept": "the route's success status, or one that shows the caller was let in",
    "reject": "401",
    "deny": "403",
    "no-grant": "401 or 403",
    "unavailable": "401 or 503",
    "refuse": "400, 401, 413, 414, 431 or a closed connection",
    "public-ok": "the public route's own success status",
    "not-found": "404",
    "bad-request": "400 or 422",
    "observe": "anything but 5xx",
    "shut-out": "neither 2xx nor 5xx",
    "survive": "anything",
}
# These say "not let in": without an accepted control they prove nothing.
NEGATIVE_EXPECTATIONS: Final = frozenset({"reject", "deny", "no-grant", "unavailable", "refuse"})

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
}

SCENARIO_KEYS: Final = [
    "title",
    "requirement",
    "level",
    "severity",
    "source",
    "note",
    "kills",
    "positive_control",
    "styles",
    "needs",
    "config",
    "timed",
    "start",
    "preflight",
    "token",
    "request",
    "expect",
    "policy",
    "control",
    "answer",
    "fetches",
    "fault",
    "jwks",
    "steps",
    "variants",
]
REQUIRED_KEYS: Final = ("title", "requirement", "level", "severity")
# A variant is another way to show the same fact: what is said about the fact stands in the scenario alone.
VARIANT_KEYS: Final = [
    "source",
    "note",
    "styles",
    "needs",
    "config",
    "token",
    "request",
    "expect",
    "policy",
    "control",
    "answer",
    "fetches",
    "fault",
    "jwks",
    "steps",
]

TOKEN_KEYS: Final = [
    "permissions",
    "subject",
    "client_id",
    "audience",
    "kind",
    "claims",
    "without",
    "times",
    "raw",
    "raw_members",
    "header",
    "header_without",
    "header_raw",
    "header_b64",
    "payload",
    "payload_b64",
    "header_text",
    "key",
    "alg",
    "mutation",
    "with",
]
REQUEST_KEYS: Final = [
    "route",
    "method",
    "path",
    "id",
    "query",
    "headers",
    "body",
    "content_type",
    "authorization",
    "anonymous",
]
CONFIG_KEYS: Final = [
    "permissions_claim",
    "strict_validation",
    "allowed_algorithms",
    "verification",
    "refresh",
    "max_stale_seconds",
    "api_keys",
    "api_key_header",
    "config_endpoint",
    "jwks_url",
    "allow_http",
    "guard_private_hosts",
    "discovery",
    "second_issuer",
    "tls",
    "decryption_key",
    "defect",
]
# The settings whose value is a word.
CONFIG_WORDS: Final = {
    "verification": ("jwks", "public_key"),
    "refresh": ("long", "short"),
    "api_keys": ("standard", "none", "with-empty"),
    "defect": (
        "auth-table",
        "web-auth-table",
        "unknown-method",
        "no-jwks-url",
        "no-algorithms",
        "lower-case-algorithm",
        "misspelt-audience",
    ),
}
# The settings that not every service has, and the capability that says so.
CONFIG_NEEDS: Final = {
    "discovery": "discovery",
    "second_issuer": "multi-issuer",
    "allow_http": "allow-http",
}
# What the provider's TLS end can show, beside `trusted`, which is what the service was told to trust.
CERTIFICATES: Final = ("trusted", "self-signed", "wrong-host", "expired", "unknown-ca", "tls-1.0")
JWKS_KEYS: Final = ("before", "after", "edit")
ANSWER_KEYS: Final = ("headers", "contains", "lacks", "lacks_secrets")
HEADER_WISH_KEYS: Final = ("contains", "lacks")
FETCHES_KEYS: Final = ("at_most", "at_least", "timer", "cooldown")
ROUTE_SETS: Final = ("openapi", "resource")
PERMISSION_SETS: Final = ("own", "all-but-own")
POLICY_KEYS: Final = ("knob", "is", "at_least", "then", "otherwise")
DURATION_KEYS: Final = ("refresh", "stale", "cooldown", "fetch_timeout", "leeway", "seconds")
TIME_KEYS: Final = ("leeways", "seconds")

_SEND = [
    "token",
    "request",
    "expect",
    "policy",
    "answer",
    "issuer",
    "remember",
    "repeat",
    "concurrent",
    "unique_kid",
    "keep",
    "resend",
    "connection",
    "answer_within",
    "fetches",
]
# Step -> its arguments; the ones before "|" are required.
STEPS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "make-key": (("name",), ("algorithm", "bits", "exponent")),
    "publish-key": (
        ("name",),
        ("algorithm", "bits", "exponent", "kid", "allow_reuse", "state", "use", "members", "issuer"),
    ),
    "set-key-state": (("key", "state"), ()),
    "publish-only": (("keys",), ()),
    "rotate-keys": ((), ()),
    "edit-jwks": ((), JWKS_KEYS),
    "fault": ((), ("*",)),
    "make-issuer": (("name",), ("style",)),
    "present-certificate": (("kind",), ()),
    "clear-faults": ((), ()),
    "release-faults": ((), ()),
    "send": ((), tuple(_SEND)),
    "send-until": (("within",), tuple(_SEND)),
    "send-in-background": (("name",), tuple(_SEND)),
    "join": (("name",), ()),
    "start-traffic": (("name", "rate"), ("token", "request", "expect")),
    "stop-traffic": (("name",), ("at_least",)),
    "wait": ((), tuple(DURATION_KEYS)),
    "wait-for-fetch": (("on",), ("count", "within")),
    "mark": (("name",), ()),
    "expect-fetches": ((), ("on", "since", "at_most", "at_least", "timer", "cooldown")),
    "expect-requests": ((), ("on", "since", "method", "without_headers", "lacks")),
    "start-service": ((), ("config", "refusal", "names")),
    "stop-service": ((), ()),
    "restart-service": ((), ("config",)),
    "send-raw": (("lines",), ("body", "token", "request", "expect")),
    "send-pipeline": (("requests",), ()),
    "send-half": (("lines",), ("token", "request")),
    "expect-alike": (("answers",), ("policy",)),
    "compare-times": (("first", "second"), ("samples",)),
    "scrape-metrics": (("name",), ()),
    "expect-counter": (("counter", "since", "by"), ("labels",)),
    "expect-series": (("since", "at_most"), ()),
    "remember-memory": (("name",), ()),
    "expect-memory": (("since", "at_most_mib"), ()),
    "send-to-routes": (("routes", "permissions", "expect"), ()),
    "create-resource": ((), ()),
    "remember-resources": ((), ()),
    "expect-same-resources": ((), ()),
}
