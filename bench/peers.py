"""Our server and those of others under the same load, in turns, beside what the machine allows."""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.request import urlopen

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bench.contenders import CONTENDERS, Contender
from bench.installed import NotInstalledError
from bench.load import get_request, requests_per_second
from bench.running import running
from mock_idp.jose.keys import generate_key

CONNECTIONS = 16
_HOST = "127.0.0.1"


@dataclass(frozen=True)
class _Measured:
    """A contender and what was measured of it, by name."""

    contender: Contender
    samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def row(self) -> dict[str, Any]:
        medians = {name: statistics.median(values) for name, values in self.samples.items()}
        return {"name": self.contender.name, "note": self.contender.note, **medians}


def measure_peers(
    rounds: int = 5,
    load_seconds: float = 2.0,
    starts: int = 5,
    contenders: Mapping[str, Callable[[], Contender]] = CONTENDERS,
) -> list[dict[str, Any]]:
    """One row a contender, in their order: medians of requests and tokens per second, cold start (s) and RSS (MiB).

    Of a contender that is not to be had there is only its name and, in `note`, the reason. The last row is the
    signatures per second of one thread with nothing else to do. All are measured in turns, so that a busy moment of
    the machine meets all of them. Raises RuntimeError or PyJWTError for a contender whose answers are wrong.
    """
    present: dict[str, _Measured] = {}
    missing: dict[str, str] = {}
    for name, make in contenders.items():
        try:
            present[name] = _Measured(make())
        except NotInstalledError as error:
            missing[name] = str(error)
    for _ in range(starts):
        for one in present.values():
            with running(one.contender) as server:
                one.samples["first_jwks_s"].append(server.first_jwks_s)
                one.samples["rss_mib"].append(server.rss_mib)
    signing = _in_turns(list(present.values()), rounds, load_seconds)
    return [
        *(
            present[name].row() if name in present else {"name": name, "note": f"not measured: {missing[name]}"}
            for name in contenders
        ),
        {"name": "RSA-2048 signing (limit)", "tokens_per_s": statistics.median(signing)},
    ]


def _in_turns(present: Sequence[_Measured], rounds: int, seconds: float) -> list[float]:
    """Load each server in each round; out: the signatures per second of each round."""
    with ExitStack() as servers:
        loads = []
        for one in present:
            server = servers.enter_context(running(one.contender))
            token = one.contender.token_load(server.base)
            check_signed(server.base + one.contender.jwks, token.signed)
            jwks = get_request(one.contender.jwks, f"{_HOST}:{server.port}")
            loads += [(one, server.port, "jwks_per_s", jwks), (one, server.port, "tokens_per_s", token.request)]
        signing = []
        for _ in range(rounds):
            for one, port, name, request in loads:
                busy, started = time.thread_time(), time.perf_counter()
                one.samples[name].append(requests_per_second(_HOST, port, request, CONNECTIONS, seconds))
                busy = (time.thread_time() - busy) / (time.perf_counter() - started)
                one.samples[f"{name}_generator_busy"].append(busy)
            signing.append(signatures_per_second(seconds))
    return signing


def check_signed(jwks_url: str, token: str) -> None:
    """Check that an RSA-2048 key of the JWKS made the RS256 signature of a token. Raises PyJWTError if not."""
    with urlopen(jwks_url, timeout=10) as answer:
        keys = jwt.PyJWKSet.from_dict(json.load(answer)).keys
    kid = jwt.get_unverified_header(token).get("kid")
    key = next((one.key for one in keys if kid in (None, one.key_id)), None)
    if not isinstance(key, RSAPublicKey) or key.key_size != 2048:
        raise jwt.InvalidKeyError(f"{jwks_url} has no RSA-2048 key for the token")
    jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False, "verify_nbf": False})


def signatures_per_second(seconds: float) -> float:
    """RS256 signatures over as many bytes as a usual token has, by one thread with a key object."""
    key, data = generate_key("RS256"), b"x" * 500
    made, started = 0, time.perf_counter()
    while (now := time.perf_counter()) - started < seconds:
        key.sign(data)
        made += 1
    return made / (now - started)
