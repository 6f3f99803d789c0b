"""gRPC over TLS: services that are given a certificate, and what is said where a handshake comes to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cell_bench import Bench
from cli_call import idp_harness
from test_steps_transports import OVER_GRPC, session
from watching import steps

from harness.base.errors import UsageError
from harness.base.verdicts import FAILED, PASSED
from harness.cli.doctor import doctor
from harness.matrix.cell_runner import run_cell
from harness.reference.errors import SettingsError
from harness.reference.server import ReferenceServer
from harness.reference.settings_file import settings_from
from harness.targets.grpc_certificate import CertificateFiles, GrpcCertificate
from harness.targets.grpc_services import grpc_services
from harness.targets.reference import ReferenceTarget
from harness.targets.registry import make_target
from harness.targets.url import UrlTarget
from harness.wire.grpc_address import GrpcAddress

pytest.importorskip("grpc", reason="pip install 'idp-harness[grpc]'")

SETTINGS = {"service": "orchestration", "jwt_issuer": "http://issuer.test", "jwt_audience": "tasker-api"}
SETTINGS |= {"jwks_url": "http://127.0.0.1:1/jwks", "jwks_url_allow_http": True, "grpc_enabled": True}


@pytest.fixture(scope="module")
def certificate() -> Iterator[CertificateFiles]:
    made = GrpcCertificate()
    yield made.files()
    made.close()


@pytest.fixture(scope="module")
def stranger() -> Iterator[CertificateFiles]:
    made = GrpcCertificate()
    yield made.files()
    made.close()


@pytest.fixture(scope="module")
def served(certificate: CertificateFiles) -> Iterator[str]:
    """HOST:PORT of a server over TLS."""
    pair = {"grpc_tls_cert_path": certificate.certificate, "grpc_tls_key_path": certificate.key}
    with ReferenceServer(settings_from({**SETTINGS, **pair})) as server:
        yield server.grpc_address or ""


def test_the_services_are_listed_over_tls(served: str, certificate: CertificateFiles) -> None:
    """By reflection, with the CA that was named."""
    listed = grpc_services(GrpcAddress.read(served, certificate.ca))
    assert {"grpc.health.v1.Health: answers, and is not listed", "tasker.v1.TaskService"} <= {*listed}
    assert str(GrpcAddress.read(f"https://{served}")) == str(GrpcAddress.read(served, certificate.ca))


def test_doctor_says_why_nobody_is_reached(
    served: str, certificate: CertificateFiles, stranger: CertificateFiles, tmp_path: Path
) -> None:
    """With the exit status of what could not be done; what is no CA at all is wrong usage."""
    done = idp_harness("doctor", "--grpc", f"https://{served}", "--grpc-ca", stranger.ca, folder=tmp_path)
    said = f"unable to get local issuer certificate; no authority in {stranger.ca} signed it"
    assert (done.returncode, said in " ".join(done.stderr.split())) == (3, True), done.stderr
    assert doctor.callback is not None
    with pytest.raises(UsageError, match="--grpc-ca must be the path of a PEM file"):
        doctor.callback(served, str(tmp_path))


@pytest.mark.parametrize(
    ("address", "trusted", "said"),
    [
        ("{served}", False, "it speaks TLS there: write https://{served}"),
        ("https://{served}", False, "unable to get local issuer certificate; name the PEM file of its authority"),
        ("https://localhost:{port}", True, None),
        ("https://{served}", True, None),
        ("https://127.0.0.1:1", True, "Connection refused"),
        ("127.0.0.1:1", False, None),
    ],
)
def test_a_handshake_tells_what_is_wrong(
    served: str, certificate: CertificateFiles, address: str, trusted: bool, said: str | None
) -> None:
    """And nothing where it comes about, or where there is none to make."""
    words = {"served": served, "port": served.rpartition(":")[2]}
    one = GrpcAddress.read(address.format(**words), certificate.ca if trusted else "")
    why = one.why_not_reached()
    assert (why is None) == (said is None)
    assert (why or "").endswith((said or "").format(**words))


def test_a_port_without_tls_is_told(certificate: CertificateFiles) -> None:
    """Where TLS is asked for."""
    with ReferenceServer(settings_from(SETTINGS)) as server:
        assert GrpcAddress.read(server.grpc_address or "").why_not_reached() is None
        why = GrpcAddress.read(server.grpc_address or "", certificate.ca).why_not_reached() or ""
        assert why.startswith("it speaks no TLS there")


def test_a_service_at_an_address_is_refused_with_another_ca(
    served: str, certificate: CertificateFiles, stranger: CertificateFiles
) -> None:
    """Before anything is judged, and with the options that say it."""
    with ReferenceServer(settings_from({**SETTINGS, "grpc_enabled": False})) as server:
        for ca, reason in ((certificate.ca, False), (stranger.ca, True)):
            options = {"base_url": server.base_url, "grpc_address": f"https://{served}", "grpc_ca_file": ca}
            target = make_target("url", options)
            assert isinstance(target, UrlTarget)
            assert ("(options grpc_address and grpc_ca_file)" in (target.available() or "")) == reason


def test_all_that_is_asked_over_grpc_can_be_asked_over_tls(bench: Bench) -> None:
    """Calls, reflection and both transports beside one another; the line of curl trusts the CA too."""
    with session(bench, ReferenceTarget(grpc_tls=True), grpc=True) as made:
        for body in (
            f'do = "send", {OVER_GRPC}, expect = "accept"',
            'do = "send-to-methods", methods = "shown", anonymous = true, expect = "unauthorized"',
            'do = "compare-methods", permissions = "all-but-own"',
        ):
            result = run_cell(bench.cell(steps(body)), made)
            assert result.verdict == PASSED, result
        denied = run_cell(
            bench.cell(steps(f'do = "send", {OVER_GRPC}, token.permissions = [], expect = "accept"')), made
        )
        assert re.match(r"curl -si --cacert /\S+ -X POST .* https://127.0.0.1:", denied.evidence["curl"])


CLEAR = steps('do = "call-in-the-clear"').replace("steps = ", "config.grpc_tls = true\nsteps = ", 1)


@pytest.mark.parametrize(("fault", "verdict"), [((), PASSED), (("m-grpc-tls-ignored",), FAILED)])
def test_who_answers_in_the_clear_has_no_tls(bench: Bench, fault: tuple[str, ...], verdict: str) -> None:
    """Although it was told to serve gRPC over TLS."""
    with session(bench, ReferenceTarget(faults=fault), grpc=True, grpc_tls=True) as made:
        result = run_cell(bench.cell(CLEAR), made)
    assert result.verdict == verdict
    assert fault == () or (result.expected, result.actual) == ("no answer without TLS", "OK")


def test_half_a_pair_is_no_certificate(certificate: CertificateFiles, stranger: CertificateFiles) -> None:
    """The service doesn't start, rather than serve in the clear."""
    for pair in (
        {"grpc_tls_cert_path": certificate.certificate},
        {"grpc_tls_key_path": certificate.key},
        {"grpc_tls_cert_path": certificate.certificate, "grpc_tls_key_path": stranger.key},
        {"grpc_tls_cert_path": "/nowhere/certificate.pem", "grpc_tls_key_path": certificate.key},
    ):
        with pytest.raises(SettingsError, match="grpc_tls_"):
            ReferenceServer(settings_from({**SETTINGS, **pair}))
