"""Faults in fetching and keeping the key set show, and do not show without the fault."""

from __future__ import annotations

import datetime
import ssl
import tempfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from .issuer import Issuer, Key, as_json
from .mistakes import Experiment, Start
from .world import World, at_once

R, S, C = 3.0, 6.0, 0.5
TIMES = {"jwks_refresh_interval_seconds": R, "jwks_max_stale_seconds": S, "unknown_kid_cooldown_seconds": C}


def published(*entries: Callable[[World], Any]) -> Experiment:
    """K1's token is refused when the set holds these entries."""

    def experiment(world: World, start: Start) -> bool:
        world.issuer.publish(*(entry(world) for entry in entries))
        return start().status(world.k1.token()) == 401

    return experiment


def accepts_when_published(key: Callable[[World], Key], **changes: Any) -> Experiment:
    """A token is let in although its key is published like this."""

    def experiment(world: World, start: Start) -> bool:
        signer = key(world)
        world.issuer.publish(signer.jwk(**changes))
        return start().status(signer.token()) == 200

    return experiment


def misses_a_new_key(world: World, start: Start) -> bool:
    """A key published after the first fetch is not found."""
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k1, world.k2)
    return service.status(world.k2.token()) == 401


def strangers_keep_keys_alive(world: World, start: Start) -> bool:
    """In an outage an unknown kid now and then makes the old keys last."""
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.answer(b"", 500)
    for _ in range(2):
        world.clock.advance(R + S - 1)
        service.status(world.attacker.token({"kid": "unknown"}))
    return service.status(world.k1.token(exp=2**40)) == 200


def fetches_again(world: World, start: Start) -> bool:
    """Five requests cost more than one fetch."""
    service = start()
    for _ in range(5):
        assert service.status(world.k1.token()) == 200
    return len(world.issuer.fetches) > 1


def keeps_a_withdrawn_key(world: World, start: Start) -> bool:
    """A key no longer published is used after the refresh interval."""
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k2)
    world.clock.advance(R + 1)
    return service.status(world.k1.token()) == 200


def keeps_a_withdrawn_key_for_ever(world: World, start: Start) -> bool:
    """A key no longer published is used long after."""
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k2)
    world.clock.advance(R + S + 1)
    return service.status(world.k1.token(exp=2**40)) == 200


def fetches_for_everybody(world: World, start: Start) -> bool:
    """Of six requests at the same time, each fetches."""
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.clock.advance(R + 1)
    world.issuer.delay_seconds = 0.3
    assert at_once([lambda: service.status(world.k1.token())] * 6) == [200] * 6
    return len(world.issuer.fetches) > 3


def blocks_known_keys(world: World, start: Start) -> bool:
    """While the issuer is asked for an unknown kid, a known one gets no answer."""
    service, token = start(), world.k1.token()
    assert service.status(token) == 200
    world.issuer.hold()

    def known() -> bool:
        assert world.issuer.wait_for_fetches(2)
        try:
            service.status(token, timeout=0.7)
        except TimeoutError:
            return True
        finally:
            world.issuer.release()
        return False

    return bool(at_once([known, lambda: service.status(world.attacker.token())])[0])


def lets_only_one_of_a_crowd_in(world: World, start: Start) -> bool:
    """Of tokens of a new key that come while it is fetched for the first of them, some are refused."""
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k1, world.k2)
    world.issuer.hold()

    def another() -> int:
        assert world.issuer.wait_for_fetches(2)
        try:
            return service.status(world.k2.token(), timeout=0.7)
        except TimeoutError:
            return 0
        finally:
            world.issuer.release()

    return at_once([another, lambda: service.status(world.k2.token())]) == [401, 200]


def fetches_per_unknown_kid(world: World, start: Start) -> bool:
    """Each stranger costs the issuer a fetch."""
    service = start(unknown_kid_cooldown_seconds=60.0)
    for i in range(10):
        assert service.status(world.attacker.token({"kid": f"u-{i}"})) == 401
    return len(world.issuer.fetches) >= 10


def flood_hides_a_new_key(world: World, start: Start) -> bool:
    """After a flood a genuine new key is not found, the cool-down notwithstanding."""
    service = start(**TIMES)
    for i in range(20):
        service.status(world.attacker.token({"kid": f"u-{i}"}))
    world.issuer.publish(world.k1, world.k2)
    world.clock.advance(C + 1)
    return service.status(world.k2.token()) == 401


def remembers_a_miss(world: World, start: Start) -> bool:
    """A kid that was unknown is refused after it was published."""
    service = start(**TIMES)
    assert service.status(world.k2.token()) == 401
    world.issuer.publish(world.k2)
    world.clock.advance(R + 1)
    return service.status(world.k2.token()) == 401


def outage(answer: Callable[[Issuer], None], seconds: float, status: int) -> Experiment:
    """This status for K1's token, so long after the issuer began to answer like this."""

    def experiment(world: World, start: Start) -> bool:
        service = start(**TIMES)
        assert service.status(world.k1.token()) == 200
        answer(world.issuer)
        world.clock.advance(R + 0.5)
        service.status(world.k1.token())
        world.clock.advance(seconds - R - 0.5)
        return service.status(world.k1.token()) == status

    return experiment


def serves_500(issuer: Issuer) -> None:
    """An outage."""
    issuer.answer(b"", 500)


def serves_garbage(issuer: Issuer) -> None:
    """A login page."""
    issuer.answer(b"<html></html>")


def never_starts(world: World, start: Start) -> bool:
    """The issuer was down at the first request and is up later."""
    world.issuer.answer(b"", 500)
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 401
    world.issuer.publish(world.k1)
    world.clock.advance(R + S + 1)
    return service.status(world.k1.token()) == 401


def never_recovers(world: World, start: Start) -> bool:
    """The issuer was down for a while and is up again."""
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.answer(b"", 500)
    world.clock.advance(R + S + 1)
    assert service.status(world.k1.token()) == 401
    world.issuer.publish(world.k1)
    world.clock.advance(2)
    return service.status(world.k1.token()) == 401


def waits_for_ever(world: World, start: Start) -> bool:
    """No answer within four times the timeout of a fetch."""
    world.issuer.hold()
    try:
        start(jwks_fetch_timeout_seconds=0.2).status(world.k1.token(), timeout=0.8)
    except TimeoutError:
        return True
    return False


def follows_a_redirect(world: World, start: Start) -> bool:
    """The attacker's keys are fetched from where the issuer points."""
    other = Issuer()
    other.publish(world.attacker)
    world.issuer.answer(b"", 302, {"Location": other.url})
    try:
        return start().status(world.attacker.token()) == 200
    finally:
        other.close()


def reads_any_length(world: World, start: Start) -> bool:
    """A body over the limit is read."""
    world.issuer.answer(as_json({"keys": [world.k1.jwk()]}) + b" " * 20_000)
    return start(jwks_max_bytes=10_000).status(world.k1.token()) == 200


def uses_plain_http(world: World, start: Start) -> bool:
    """Although it is not allowed."""
    return start(jwks_url_allow_http=False).status(world.k1.token()) == 200


def tells_the_issuer(world: World, start: Start) -> bool:
    """The request for the keys carries the caller's token."""
    start().status(world.k1.token())
    return "authorization" in world.issuer.fetches[0]


def self_signed(key: Key, folder: Path) -> Path:
    """A file with the key and a certificate nobody trusts for 127.0.0.1."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "other.test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.private.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key.private, hashes.SHA256())
    )
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return path


def trusts_any_certificate(world: World, start: Start) -> bool:
    """Keys are taken from a server with a self-signed certificate for another name."""
    body = as_json({"keys": [world.attacker.jwk()]})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Quiet(HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(self_signed(world.attacker, Path(folder)))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        service = start(jwks_url=f"https://127.0.0.1:{server.server_port}/jwks.json")
        return service.status(world.attacker.token()) == 200
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-never-refresh-unknown-kid": misses_a_new_key,
    "m-refresh-every-request": fetches_again,
    "m-no-timed-refresh": (keeps_a_withdrawn_key, keeps_a_withdrawn_key_for_ever),
    "m-merge-never-remove": (keeps_a_withdrawn_key, keeps_a_withdrawn_key_for_ever),
    "m-no-coalescing": fetches_for_everybody,
    "m-serialised-blocking-refresh": fetches_for_everybody,
    "m-new-key-for-the-first-only": lets_only_one_of_a_crowd_in,
    "m-refresh-blocks-known-keys": blocks_known_keys,
    "m-no-unknown-kid-cooldown": fetches_per_unknown_kid,
    "m-rate-limit-starves-rotation": flood_hides_a_new_key,
    "m-negative-cache-forever": remembers_a_miss,
    "m-drop-keys-on-failed-refresh": outage(serves_500, R + 1, 401),
    "m-unknown-kid-renews-keys": strangers_keep_keys_alive,
    "m-stale-forever": outage(serves_500, R + S + 1, 200),
    "m-boot-failure-permanent": never_starts,
    "m-no-recovery-after-outage": never_recovers,
    "m-garbage-200-clears-keys": outage(serves_garbage, R + 1, 401),
    "m-one-bad-entry-poisons": (
        published(lambda _: None, lambda world: world.k1),
        published(lambda world: world.k2.jwk(use="enc", alg="RSA-OAEP"), lambda world: world.k1),
    ),
    "m-requires-jwk-alg-use": (
        published(lambda world: world.k1.jwk(alg=...)),
        published(lambda world: world.k1.jwk(use=...)),
    ),
    "m-enc-key-used": accepts_when_published(lambda world: world.k1, use="enc"),
    "m-weak-rsa-accepted": accepts_when_published(lambda _: Key.rsa("w", 1024)),
    "m-follows-redirects": follows_a_redirect,
    "m-tls-not-verified": trusts_any_certificate,
    "m-no-body-limit": reads_any_length,
    "m-no-fetch-timeout": waits_for_ever,
    "m-http-allowed": uses_plain_http,
    "m-forwards-credentials": tells_the_issuer,
}


def test_waiters_of_a_serialised_refresh_fetch_one_after_another(world: World) -> None:
    """Unlike those of an uncoalesced one, which fetch at the same time."""
    service = world.start("m-serialised-blocking-refresh", **TIMES)
    assert service.status(world.k1.token()) == 200
    world.clock.advance(R + 1)
    world.issuer.hold()

    def watch() -> bool:
        assert world.issuer.wait_for_fetches(2)
        together = world.issuer.wait_for_fetches(3, 0.3)
        world.issuer.release()
        return together

    assert at_once([watch, *[lambda: service.status(world.k1.token())] * 4])[0] is False
    assert len(world.issuer.fetches) > 2
