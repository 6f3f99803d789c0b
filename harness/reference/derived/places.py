"""Where faults are derived: the methods of the parts that decide something, and the functions that they call."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

from harness.reference import claims, compact, jwk, jwks_fetcher, jwt_authenticator, private_hosts, security_service
from harness.reference.api_keys import ApiKeyRegistry
from harness.reference.claims import ClaimsChecker
from harness.reference.credentials import CredentialReader
from harness.reference.gate import Gate
from harness.reference.jwk import KeyLoader
from harness.reference.jwks_fetcher import JwksFetcher
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.metadata import MetadataReader
from harness.reference.permissions import PermissionPolicy
from harness.reference.replies import ErrorReplies
from harness.reference.rfc9068.authenticator import AccessTokens
from harness.reference.rfc9068.scopes import Scopes
from harness.reference.router import Router
from harness.reference.routes import RouteTable
from harness.reference.security_service import SecurityService
from harness.reference.windmill import claims as windmill_claims
from harness.reference.windmill import gate as windmill_gate
from harness.reference.windmill.authenticator import ExternalTokens
from harness.reference.windmill.claims import ExternalClaims
from harness.reference.windmill.gate import WorkspaceGate
from harness.reference.windmill.rights import Rights

PARTS: Final[tuple[type, ...]] = (
    JwtAuthenticator,
    ClaimsChecker,
    PermissionPolicy,
    KeyLoader,
    JwksKeyStore,
    JwksFetcher,
    MetadataReader,
    Gate,
    CredentialReader,
    SecurityService,
    ApiKeyRegistry,
    Router,
    RouteTable,
    ErrorReplies,
    AccessTokens,
    Scopes,
    ExternalTokens,
    ExternalClaims,
    WorkspaceGate,
    Rights,
)
# Modules with functions that decide, and the part through which a change of one of them is felt.
FUNCTIONS: Final[tuple[tuple[ModuleType, type], ...]] = (
    (compact, JwtAuthenticator),
    (jwt_authenticator, JwtAuthenticator),
    (claims, ClaimsChecker),
    (jwk, KeyLoader),
    (jwks_fetcher, JwksFetcher),
    (private_hosts, JwksFetcher),
    (security_service, SecurityService),
    (windmill_claims, ExternalClaims),
    (windmill_gate, WorkspaceGate),
)
# They end things, and decide nothing.
_NOT_THESE: Final = ("__init__", "close")
# Of this folder, so that a fault says the file as it is called in the project.
_TOP: Final = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, eq=False)
class Place:
    """A method of `part`, or a function of `module` that the part calls. `tree` is as the module says it."""

    part: type
    module: ModuleType
    tree: ast.FunctionDef
    is_function: bool

    @property
    def name(self) -> str:
        return self.tree.name

    @property
    def words(self) -> str:
        """The beginning of the ids of its faults, without `d-`."""
        if not self.is_function:
            room = _words(self.part.__name__)
        else:
            room = self.module.__name__.removeprefix("harness.reference.").replace(".", "-").replace("_", "-")
        return f"{room}-{self.name.strip('_').replace('_', '-')}"

    @property
    def shown(self) -> str:
        """`Part.method`, or the name of the function."""
        return self.name if self.is_function else f"{self.part.__name__}.{self.name}"

    @property
    def file(self) -> str:
        """The module's file, as it is called in the project."""
        return Path(str(self.module.__file__)).resolve().relative_to(_TOP).as_posix()


def places() -> Iterator[Place]:
    """All of them, in the order of the lists above and of the source."""
    for part in PARTS:
        module = sys.modules[part.__module__]
        (found,) = (one for one in _tree(module).body if isinstance(one, ast.ClassDef) and one.name == part.__name__)
        for one in found.body:
            if isinstance(one, ast.FunctionDef) and one.name not in _NOT_THESE:
                yield Place(part, module, one, is_function=False)
    for module, part in FUNCTIONS:
        for node in _tree(module).body:
            if isinstance(node, ast.FunctionDef):
                yield Place(part, module, node, is_function=True)


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_bytes())


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
