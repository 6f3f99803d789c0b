"""The tables of scenario files, key by key, and the kinds of values that they and the steps share."""

# Without `from __future__ import annotations`: what is `Required` must be known when the class is made.

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Required, TypedDict

from harness.grammar.kinds import Kind, define, schema_of, uses, word
from harness.grammar.mock_words import ALGORITHMS, JwkEdits, PartialFault, PartialToken, Token
from harness.grammar.model import Table
from harness.grammar.vocabulary import (
    CAPABILITIES,
    CERTIFICATES,
    CONFIG_WORDS,
    EXPECTATIONS,
    LEVELS,
    METHOD_SETS,
    PERMISSION_SETS,
    ROUTE_SETS,
    SEVERITIES,
    TRANSPORTS,
    VENDORS,
)

Count = Annotated[int, Kind({"minimum": 0})]
Times = Annotated[int, Kind({"minimum": 1})]
AboveZero = Annotated[float, Kind({"exclusiveMinimum": 0})]
Text = Annotated[str, Kind({"minLength": 1})]
Style = Annotated[str, word("style", VENDORS)]
Capability = Annotated[str, word("capability", CAPABILITIES)]
Certificate = Annotated[str, word("certificate", CERTIFICATES)]
TextOrTexts = Annotated[str | list[str], Kind({"x-phrase": "a text or a list of texts"})]
Json = Annotated[Any, Kind({"description": "any JSON value"})]
# What may be empty: keys of a document, entries of a set.
Entries = Annotated[list[Any], Kind({"type": "array", "description": "any JSON values"})]

Outcome = Annotated[str, word("expectation", EXPECTATIONS)]
_EXPECT = {
    **schema_of(Outcome | list[int | Literal["closed"] | Outcome]),
    "x-phrase": 'a word or a list such as [401, 404] or ["reject", 413, "closed"]',
}
Expect = Annotated[str | Sequence[int | str], define("expectation", _EXPECT)]
OtherIssuer = Annotated[str, uses("make-issuer")]
RouteName = Annotated[str, Kind({"x-route": True})]
KeptName = Annotated[str, uses("keep")]


class DurationTable(TypedDict, total=False):
    """Times that add up: multiples of what the profile declares, and seconds."""

    refresh: float
    stale: float
    cooldown: float
    fetch_timeout: float
    leeway: float
    seconds: float


class RequestTable(TypedDict, total=False):
    """The differences between a request and the route of the profile that it starts from.

    Over gRPC it calls the method with the route's permission: `headers` and `authorization` are metadata, `body` the
    message.
    """

    route: RouteName
    transport: Annotated[str, word("transport", TRANSPORTS)]
    method: str
    path: str
    id: str
    query: str
    headers: dict[str, TextOrTexts]
    body: str
    content_type: str
    authorization: str
    anonymous: bool


class WishTable(TypedDict, total=False):
    """What is asked of a header of an answer."""

    contains: TextOrTexts
    lacks: TextOrTexts


class AnswerTable(TypedDict, total=False):
    """What an answer must say beside its status."""

    headers: dict[str, bool | WishTable]
    contains: TextOrTexts
    lacks: TextOrTexts
    lacks_secrets: bool


class PartsTable(TypedDict, total=False):
    """A token of the parts of kept ones; `swap_case` turns the case of each letter of its signature."""

    header: Required[KeptName]
    payload: Required[KeptName]
    signature: Required[KeptName]
    swap_case: bool


class FetchesTable(TypedDict, total=False):
    """Bounds for what the service fetches."""

    at_most: Count
    at_least: Count
    timer: bool
    cooldown: bool


_Declared = Annotated[str | float | bool, Kind({"description": "what the profile may declare"})]
_AlikeOutcome = Annotated[str, word("expectation", ["alike", "survive"])]
PolicyTable = TypedDict(  # `is` is no name in Python.
    "PolicyTable",
    {
        "knob": Annotated[Text, Kind({"x-knob": True})],
        "is": _Declared,
        "at_least": float,
        "then": Outcome,
        "otherwise": Outcome,
    },
    total=False,
)
AlikePolicyTable = TypedDict(
    "AlikePolicyTable",
    {
        "knob": Annotated[Text, Kind({"x-knob": True})],
        "is": _Declared,
        "at_least": float,
        "then": _AlikeOutcome,
        "otherwise": _AlikeOutcome,
    },
    total=False,
)
_WHOLE = Kind(
    {"required": ["knob", "then", "otherwise"], "oneOf": [{"required": ["is"]}, {"required": ["at_least"]}]},
)

Request = Annotated[str | Table, RouteName | RequestTable]
Duration = Annotated[Table, DurationTable]
Answer = Annotated[Table, AnswerTable]
Resend = Annotated[str | Table, KeptName | PartsTable]
Fetches = Annotated[Table, FetchesTable]
Policy = Annotated[Table, PolicyTable, _WHOLE]
AlikePolicy = Annotated[Table, AlikePolicyTable, _WHOLE]
Routes = Annotated[Any, Annotated[str, word("set of routes", ROUTE_SETS)] | list[RouteName]]
Methods = Annotated[str, word("set of methods", METHOD_SETS)]
Permissions = Annotated[
    Any,
    Annotated[str, word("set of permissions", PERMISSION_SETS)] | Annotated[list[str], Kind({"minItems": 0})],
]


class ControlTable(TypedDict, total=False):
    """The request that must be let in before the case."""

    token: Token
    request: Request
    expect: Expect


class JwksTable(TypedDict, total=False):
    """Raw entries around the key set, and changes to its keys."""

    before: Entries
    after: Entries
    edit: JwkEdits


class ConfigTable(TypedDict, total=False):
    """The settings that the service is started with."""

    permissions_claim: Text
    strict_validation: bool
    allowed_algorithms: list[Annotated[str, word("algorithm", [*ALGORITHMS, "none"])]]
    verification: Annotated[str, word("verification", CONFIG_WORDS["verification"])]
    refresh: Annotated[str, word("refresh", CONFIG_WORDS["refresh"])]
    max_stale_seconds: Annotated[float, Kind({"minimum": 0})]
    api_keys: Annotated[str, word("api_keys", CONFIG_WORDS["api_keys"])]
    api_key_header: Text
    config_endpoint: bool
    jwks_url: Text
    allow_http: bool
    guard_private_hosts: bool
    grpc_tls: bool
    discovery: bool
    second_issuer: bool
    tls: bool
    decryption_key: bool
    defect: Annotated[str, word("defect", CONFIG_WORDS["defect"])]
    pattern: Annotated[str, word("pattern", CONFIG_WORDS["pattern"])]
    pattern_place: Annotated[str, word("pattern_place", CONFIG_WORDS["pattern_place"])]
    auth_settings: Annotated[dict[str, Json], Kind({"description": "Settings by the names of Tasker's documents"})]
    auth_without: list[Text]
    variables: dict[str, str]
    overlay_settings: Annotated[dict[str, Json], Kind({"description": "Settings that the file of an environment has"})]
    overlay_of: Annotated[str, word("overlay_of", CONFIG_WORDS["overlay_of"])]


Config = Annotated[Table, ConfigTable]


class VariantTable(TypedDict, total=False):
    """Another way to show the same fact: what is said about the fact stands in the scenario alone."""

    source: str
    note: str
    styles: list[Style]
    every_style: Annotated[
        bool, Kind({"description": "It looks at what the vendors do differently: it runs in each style"})
    ]
    needs: Annotated[list[Capability], Kind({"minItems": 0})]
    when: Annotated[dict[str, Json], Kind({"description": "Policies that the service must have declared so"})]
    config: Config
    token: PartialToken
    request: Request
    expect: Expect
    policy: PolicyTable
    control: ControlTable
    answer: AnswerTable
    fetches: FetchesTable
    fault: PartialFault
    jwks: JwksTable
    steps: list[Json]


class DemandTable(TypedDict, total=False):
    """What a document of some services demands, where that is stricter than what binds every service."""

    sentence: Required[Text]
    level: Required[Annotated[str, word("level", LEVELS)]]


class ScenarioTable(VariantTable, total=False):
    """A requirement with the traffic that shows whether a service keeps it."""

    title: Required[Annotated[Text, Kind({"description": "States a fact"})]]
    requirement: Annotated[Text, Kind({"description": "What binds every service: document, section, what it demands"})]
    documents: Annotated[
        dict[str, Text | DemandTable],
        Kind({"description": "What documents of some services demand, by the name of these documents"}),
    ]
    level: Required[Annotated[str, word("level", LEVELS)]]
    severity: Required[Annotated[str, word("severity", SEVERITIES)]]
    kills: Annotated[list[str], Kind({"description": "The mutants that this scenario catches"})]
    positive_control: Annotated[
        bool, Kind({"description": "It catches no mutant: it shows that good tokens are let in"})
    ]
    timed: Annotated[bool, Kind({"description": "An issuer and a service of its own"})]
    start: Annotated[str, word("way to start", ["automatic", "manual"])]
    preflight: bool
    variants: Annotated[dict[str, VariantTable], Kind({"minProperties": 1})]
