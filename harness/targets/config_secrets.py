"""The secrets in a configuration, as texts that no answer of a service may hold."""

from __future__ import annotations

from urllib.parse import urlsplit

from harness.targets.base import ServiceConfig


def planted_secrets(config: ServiceConfig) -> tuple[str, ...]:
    """API keys, the lines of the private key, and user name and password of URLs, each once.

    Text that is no secret to anybody (blank, or the armour of a PEM file) is left out.
    """
    texts = [entry.key for entry in config.api_keys]
    texts += [line for line in config.decryption_key_pem.splitlines() if not line.startswith("-----")]
    for url in (config.jwks_url, config.second_jwks_url, config.discovery_url):
        texts += user_information(url)
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


def user_information(url: str) -> list[str]:
    """The `user:password` of a URL, and the password alone; empty when it has none (RFC 3986 §3.2.1)."""
    found = urlsplit(url).netloc.rpartition("@")[0]
    return [found, found.partition(":")[2]] if found else []


def database_secrets(url: str) -> list[str]:
    """As `user_information`, without a password that is a plain word: every answer about a service may hold that.

    Empty without a password: the name of a user is no secret.
    """
    both, password = user_information(url) or ("", "")
    return [text for text in (both, password) if password and not text.isalpha()]
