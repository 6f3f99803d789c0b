"""Faults in the HTTP request for the key set."""

from __future__ import annotations

import http.client
import ssl
from urllib.parse import SplitResult

from flask import has_request_context, request

from harness.reference.errors import FetchFailed
from harness.reference.faults.http_get import get
from harness.reference.faults.registry import fault
from harness.reference.jwks_fetcher import JwksFetcher


@fault("m-follows-redirects", precedent="better-auth#10241, thunder-id#2542")
class FollowsRedirects(JwksFetcher):
    """The client follows redirects, to any host."""

    def get(self, address: str) -> bytes:
        """The default of the HTTP library."""
        answer = get(address, headers=self.request_headers(), timeout=self.timeout(), follow_redirects=True)
        if answer.status_code != 200:
            raise FetchFailed(f"the issuer answered {answer.status_code}")
        return answer.content


@fault("m-tls-not-verified", precedent="the InsecureSkipVerify class")
class TlsNotVerified(JwksFetcher):
    """Certificates and host names are not verified."""

    def tls_context(self) -> ssl.SSLContext:
        """Left over from a test environment."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


@fault("m-old-tls-accepted", precedent="the MinVersion class; RFC 8996 took TLS 1.0 and 1.1 out of use")
class OldTlsAccepted(JwksFetcher):
    """TLS 1.0 is spoken with whoever knows nothing newer."""

    def tls_context(self) -> ssl.SSLContext:
        """For the sake of an appliance of long ago."""
        context = super().tls_context()
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        return context


@fault("m-no-body-limit", precedent="istio#35723, jwx#1622")
class NoBodyLimit(JwksFetcher):
    """The body is read to its end, however long it is."""

    def max_bytes(self) -> int:
        """The issuer is trusted; a gibibyte is more than any issuer sends."""
        return 1 << 30


@fault("m-no-fetch-timeout", precedent="node-jwks-rsa#271")
class NoFetchTimeout(JwksFetcher):
    """A fetch may take for ever."""

    def timeout(self) -> float | None:
        """The default of many HTTP libraries."""
        return None


@fault("m-http-allowed", precedent="seed: jwks_url_allow_http")
class HttpAllowed(JwksFetcher):
    """A plain http address is used although the settings do not allow it."""

    def check_url(self, url: SplitResult) -> None:
        """The switch is parsed and never asked."""


@fault("m-forwards-credentials", precedent="a shared HTTP client with default headers")
class ForwardsCredentials(JwksFetcher):
    """The request for the key set carries the caller's Authorization and cookies."""

    def request_headers(self) -> dict[str, str]:
        """Headers are passed on, as in a proxy."""
        caller = dict(request.headers) if has_request_context() else {}
        passed = {name: caller[name] for name in ("Authorization", "Cookie", "X-Api-Key") if name in caller}
        return super().request_headers() | passed


@fault("m-private-hosts-allowed", precedent="the SSRF class; uaa#4000, nodedb#61")
class PrivateHostsAllowed(JwksFetcher):
    """Keys are fetched from loopback, private and link-local hosts although the guard is on."""

    def check_host(self, host: str) -> None:
        """Only the scheme of the URL is looked at."""


@fault(
    "m-jwks-strict-content-type", precedent="the over-strict class; RFC 7517 §8.5 registers application/jwk-set+json"
)
class JwksStrictContentType(JwksFetcher):
    """A key set is refused unless its Content-Type is `application/json`."""

    def read_answer(self, response: http.client.HTTPResponse) -> bytes:
        """The HTTP library decodes nothing else as JSON."""
        if response.getheader("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise FetchFailed("the key set is not application/json")
        return super().read_answer(response)


@fault("m-metadata-redirect-followed", precedent="HTTP clients that follow redirects unless they are told")
class MetadataRedirectFollowed(JwksFetcher):
    """The client follows redirects of the issuer's metadata, to any host."""

    def document(self, address: str) -> bytes:
        """Only the other client was told not to."""
        if address != self.settings.discovery_url:
            return super().document(address)
        answer = get(address, headers=self.request_headers(), timeout=self.timeout(), follow_redirects=True)
        if answer.status_code != 200:
            raise FetchFailed(f"the issuer answered {answer.status_code}")
        return answer.content
