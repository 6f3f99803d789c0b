"""How services of Tasker reach the identity provider, whose loopback address they refuse as JWKS host."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.base.errors import TargetError
from harness.processes import ports
from harness.targets.base import ServiceConfig
from harness.targets.jwks_host import check_is_url, refusal

# A name of no public top-level domain (RFC 6761): a fetch that misses the proxy can't reach anybody.
PUBLIC_HOST = "idp.tasker.test"


@dataclass(frozen=True)
class ProviderAccess:
    """By the name `jwks_host`, which leads to this machine; without one, by any name and through the provider itself.

    `kind` is what the services are, for sentences.
    """

    jwks_host: str | None
    kind: str

    def jwks_base_url(self, idp_port: int) -> str:
        """The URL of a provider that listens on 127.0.0.1:`idp_port`."""
        return f"http://{self.jwks_host}:{idp_port}" if self.jwks_host else f"http://{PUBLIC_HOST}"

    def check_jwks_url(self, config: ServiceConfig) -> None:
        """Refuse a URL that is none, or one that Tasker would fetch from somewhere else than this machine.

        A host that Tasker itself has to refuse is left to it. Raises `TargetError`.
        """
        check_is_url(config.jwks_url)
        parts = urlsplit(config.jwks_url)
        host = parts.hostname or ""
        if self.jwks_host is None and not config.idp_address:
            raise TargetError(f"idp_address is empty; {self.kind} fetches its keys through the identity provider there")
        if refusal(host) or (parts.scheme == "https" and config.tls_address):
            return
        if self.jwks_host is not None:
            if host != self.jwks_host.lower():
                raise TargetError(
                    f"the JWKS URL {config.jwks_url!r} is not at {self.jwks_host}, the jwks_host of this target; "
                    f"give the issuer the public URL http://{self.jwks_host}:PORT"
                )
        elif parts.scheme == "https":
            raise TargetError(
                f"the JWKS URL {config.jwks_url!r} is https and tls_address is empty; {self.kind} fetches such a URL "
                "through the TLS front there, or give the issuer an http URL"
            )

    def proxies(self, config: ServiceConfig) -> dict[str, str]:
        """The variables for a service; https goes through the TLS front, which lets it through to the name it asks for.

        Loopback addresses are called directly, so that a call to an attacker's address is seen as one. All else goes
        to a proxy on this machine: what Tasker should have refused to fetch must not leave it.
        """
        if not config.idp_address:
            return {}
        return {
            "HTTP_PROXY": f"http://{config.idp_address}",
            "HTTPS_PROXY": f"http://{config.tls_address or config.idp_address}",
            "NO_PROXY": f"{ports.LOOPBACK},{self.jwks_host}" if self.jwks_host else ports.LOOPBACK,
        }
