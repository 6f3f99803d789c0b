"""The fault in the protocol of the connection over which keys come, against a server that the service trusts."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit

import pytest

from harness.idp.tls_front import TlsFront

from .mistakes import Experiment, Start
from .world import World


def uses_keys_over(kind: str) -> Experiment:
    """The mistake is to use a key that came over such a connection."""

    def experiment(world: World, start: Start) -> bool:
        with closing(TlsFront(world.issuer.url, lambda port: f"https://localhost:{port}")) as front:
            front.present(kind)
            address = front.url + urlsplit(world.issuer.url).path
            return start(jwks_url=address, ca_file=front.ca_file).status(world.k1.token()) == 200

    return experiment


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {"m-old-tls-accepted": uses_keys_over("tls-1.0")}


@pytest.mark.parametrize("faults", [(), ("m-old-tls-accepted",)])
def test_a_current_protocol_is_spoken_as_ever(world: World, faults: tuple[str, ...]) -> None:
    """A fault is one mistake: where the server is up to date nobody notices it."""
    assert uses_keys_over("trusted")(world, lambda **settings: world.start(*faults, **settings))


@pytest.mark.parametrize("kind", ["self-signed", "wrong-host", "expired", "unknown-ca"])
def test_the_fault_is_about_the_protocol_alone(world: World, kind: str) -> None:
    """Certificates are verified all the same."""
    assert not uses_keys_over(kind)(world, lambda **settings: world.start("m-old-tls-accepted", **settings))
