"""The rules of Windmill's external JWTs in place of Tasker's, where the two differ: a part here for a part there.

Source: Windmill, External auth with JWT. Routes are those of Windmill's API as far as its rules need some; that part of
Windmill is closed source, so this says what the page demands and nothing of what Windmill does beyond.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.reference.claims import ClaimsChecker
from harness.reference.gate import Gate
from harness.reference.handlers import Handlers
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.permissions import PermissionPolicy
from harness.reference.routes import RouteTable
from harness.reference.windmill.authenticator import ExternalTokens
from harness.reference.windmill.claims import ExternalClaims
from harness.reference.windmill.gate import WorkspaceGate
from harness.reference.windmill.handlers import WorkspaceHandlers
from harness.reference.windmill.rights import Rights
from harness.reference.windmill.routes import WorkspaceRoutes

PARTS: Final[Mapping[type, type]] = {
    JwtAuthenticator: ExternalTokens,
    ClaimsChecker: ExternalClaims,
    PermissionPolicy: Rights,
    Gate: WorkspaceGate,
    Handlers: WorkspaceHandlers,
    RouteTable: WorkspaceRoutes,
}
