"""`python -m bench.bare_server PORT`: the least that a server on granian can do for a JWKS and for a token.

The JWKS is the same bytes each time; a token is one RSA-2048 signature over the same claims, made in a thread, so that
all cores sign.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from mock_idp.jose.encoding import b64url_encode, compact_json
from mock_idp.jose.keys import generate_key

_CLAIMS = {"iss": "http://localhost", "aud": "tasker-api", "sub": "bench", "exp": 4102444800, "scope": "tasks:read"}


class BareApplication:
    """A POST is answered with a token, anything else with the keys."""

    def __init__(self) -> None:
        self._key = generate_key("RS256", kid="bare")
        self._jwks = compact_json({"keys": [self._key.public_jwk()]})
        segments = {"alg": "RS256", "kid": "bare"}, _CLAIMS
        self._signing_input = ".".join(b64url_encode(compact_json(one)) for one in segments)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        body = self._jwks
        if scope.method == "POST":
            await protocol()
            body = await asyncio.get_running_loop().run_in_executor(None, self._token)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        protocol.response_bytes(200, headers, body)

    def _token(self) -> bytes:
        signature = b64url_encode(self._key.sign(self._signing_input.encode()))
        return json.dumps({"access_token": f"{self._signing_input}.{signature}"}).encode()


async def serve(port: int) -> None:
    """Serve on loopback until SIGTERM."""
    server = Server(
        BareApplication(),
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        log_enabled=False,
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
