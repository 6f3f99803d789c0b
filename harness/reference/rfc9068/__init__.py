"""A resource server as RFC 9068 and RFC 6750 describe one, in place of Tasker: a part here for a part there.

It keeps notes. What a caller may do is the `scope` of the token, one text with blanks between its words; a token says
in its `typ` that it is an access token; and one route asks for no scope, but for a good token all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.reference.handlers import Handlers
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.permissions import PermissionPolicy
from harness.reference.replies import ErrorReplies
from harness.reference.rfc9068.authenticator import AccessTokens
from harness.reference.rfc9068.handlers import NotesHandlers
from harness.reference.rfc9068.replies import NotesReplies
from harness.reference.rfc9068.routes import NotesRoutes
from harness.reference.rfc9068.scopes import Scopes
from harness.reference.routes import RouteTable

PARTS: Final[Mapping[type, type]] = {
    JwtAuthenticator: AccessTokens,
    PermissionPolicy: Scopes,
    Handlers: NotesHandlers,
    RouteTable: NotesRoutes,
    ErrorReplies: NotesReplies,
}
