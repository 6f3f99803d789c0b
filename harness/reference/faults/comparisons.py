"""Faults in comparing a name: it is tidied, decoded, cut or taken for a pattern first, where only equality will do.

RFC 7519 §2: StringOrURI values are compared as case-sensitive strings, without transformations or canonicalizations.
"""

from __future__ import annotations

import fnmatch
import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import unquote

from harness.reference.claims import ClaimsChecker
from harness.reference.faults.registry import fault
from harness.reference.permissions import PermissionPolicy


@fault("m-iss-pattern", precedent="CWE-625: a dot that nobody escaped")
class IssPattern(ClaimsChecker):
    """The configured issuer is a regular expression, so that its dots stand for any letter."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """One setting for one issuer and for several."""
        if not any(re.fullmatch(self.settings.jwt_issuer, one) for one in _texts(claims, "iss")):
            super().check_issuer(claims)


@fault("m-iss-newline", precedent="CWE-777: `$` also matches in front of a line feed at the end, as in Python and Ruby")
class IssNewline(ClaimsChecker):
    """A line feed behind the issuer makes no difference."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """A pattern between `^` and `$`."""
        if not _same(_without_line_feed, _texts(claims, "iss"), self.settings.jwt_issuer):
            super().check_issuer(claims)


@fault("m-iss-nul", precedent="CWE-158; the certificates of CVE-2009-2408, whose names ended at a NUL")
class IssNul(ClaimsChecker):
    """`iss` is read up to its first NUL."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """`strcmp`."""
        if not _same(_up_to_nul, _texts(claims, "iss"), self.settings.jwt_issuer):
            super().check_issuer(claims)


@fault("m-iss-compatible-forms", precedent="CWE-176; Spotify's accounts of 2013: names that a normalisation made equal")
class IssCompatibleForms(ClaimsChecker):
    """Look-alikes of letters, such as the full-width ones, are those letters."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """NFKC before the comparison."""
        if not _same(_compatible, _texts(claims, "iss"), self.settings.jwt_issuer):
            super().check_issuer(claims)


@fault("m-iss-invisible", precedent="CWE-176; UTS 46, which drops the soft hyphen and zero-width characters from names")
class IssInvisible(ClaimsChecker):
    """Characters that nobody sees make no difference to `iss`."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """Pasted names have them, so they are dropped."""
        if not _same(_visible, _texts(claims, "iss"), self.settings.jwt_issuer):
            super().check_issuer(claims)


@fault("m-iss-percent", precedent="RFC 3986 §6.2.2.2, where no URL is meant; CWE-177")
class IssPercent(ClaimsChecker):
    """`iss` is percent-decoded before it is compared."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """It looks like a URL."""
        if not _same(unquote, _texts(claims, "iss"), self.settings.jwt_issuer):
            super().check_issuer(claims)


@fault("m-iss-list", precedent="the class of lists that are written in one text")
class IssList(ClaimsChecker):
    """A text that lists issuers, with commas between them, names each of them."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """Read like the setting, where several may be listed."""
        if not any(self.settings.jwt_issuer in one.split(",") for one in _texts(claims, "iss")):
            super().check_issuer(claims)


@fault("m-iss-same-place", precedent="RFC 3986 §3: comparing what a client would connect to")
class IssSamePlace(ClaimsChecker):
    """A user before the host and a fragment behind the path don't belong to `iss`."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """Neither is sent to the server."""
        if not _same(_place, _texts(claims, "iss"), self.settings.jwt_issuer):
            super().check_issuer(claims)


@fault("m-iss-scheme-ignored", precedent="Google's ID tokens, whose iss may have https:// or not; RFC 8414 §3.3")
class IssSchemeIgnored(ClaimsChecker):
    """http and https make no difference to `iss`."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """Behind a proxy that ends TLS they get mixed up."""
        if not _same(_plain_http, _texts(claims, "iss"), self.settings.jwt_issuer):
            super().check_issuer(claims)


@fault("m-iss-token-pattern", precedent="the class of matchers that are given their arguments the wrong way round")
class IssTokenPattern(ClaimsChecker):
    """What stands in `iss` is the pattern, and the configured issuer has to match it."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """`fnmatch(issuer, iss)`."""
        if not any(fnmatch.fnmatchcase(self.settings.jwt_issuer, one) for one in _texts(claims, "iss")):
            super().check_issuer(claims)


@fault("m-aud-case-insensitive", precedent="RFC 7519 §2; an equalsIgnoreCase for URIs")
class AudCaseInsensitive(ClaimsChecker):
    """Audiences are compared without case."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """Hosts have none."""
        if not _same(str.lower, _texts(claims, "aud"), self.settings.jwt_audience):
            super().check_audience(claims)


@fault("m-aud-trailing-slash", precedent="the class of URL normalisation")
class AudTrailingSlash(ClaimsChecker):
    """A slash at the end of an audience makes no difference."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """Some clients add one to the resource that they ask for."""
        if not _same(_without_slash, _texts(claims, "aud"), self.settings.jwt_audience):
            super().check_audience(claims)


@fault("m-aud-trimmed", precedent="settings that are trimmed, and claims with them")
class AudTrimmed(ClaimsChecker):
    """Blanks around an audience make no difference."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """`strip` on both sides, which takes a line feed, too."""
        if not _same(str.strip, _texts(claims, "aud"), self.settings.jwt_audience):
            super().check_audience(claims)


@fault("m-aud-nul", precedent="CWE-158")
class AudNul(ClaimsChecker):
    """An audience is read up to its first NUL."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """`strcmp`."""
        if not _same(_up_to_nul, _texts(claims, "aud"), self.settings.jwt_audience):
            super().check_audience(claims)


@fault("m-aud-compatible-forms", precedent="CWE-176")
class AudCompatibleForms(ClaimsChecker):
    """Look-alikes of letters in an audience, such as the full-width ones, are those letters."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """NFKC before the comparison."""
        if not _same(_compatible, _texts(claims, "aud"), self.settings.jwt_audience):
            super().check_audience(claims)


@fault("m-aud-invisible", precedent="CWE-176")
class AudInvisible(ClaimsChecker):
    """Characters that nobody sees make no difference to an audience."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """Zero-width ones and the soft hyphen are dropped."""
        if not _same(_visible, _texts(claims, "aud"), self.settings.jwt_audience):
            super().check_audience(claims)


@fault("m-aud-percent", precedent="CWE-177: audiences that were taken from the query of a URL")
class AudPercent(ClaimsChecker):
    """An audience is percent-decoded before it is compared."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """It may be a URL."""
        if not _same(unquote, _texts(claims, "aud"), self.settings.jwt_audience):
            super().check_audience(claims)


@fault("m-aud-token-pattern", precedent="wildcard audiences on the wrong side")
class AudTokenPattern(ClaimsChecker):
    """An audience may be a pattern that our name matches."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """`fnmatch(audience, aud)`."""
        if not any(fnmatch.fnmatchcase(self.settings.jwt_audience, one) for one in _texts(claims, "aud")):
            super().check_audience(claims)


@fault("m-aud-json-text", precedent="claims that are stored as text and parsed once more")
class AudJsonText(ClaimsChecker):
    """A text that holds a JSON array is read as that array."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """Some gateways hand arrays on as text."""
        if not any(self.settings.jwt_audience in _array(one) for one in _texts(claims, "aud")):
            super().check_audience(claims)


@fault("m-perm-compatible-forms", precedent="CWE-176")
class PermCompatibleForms(PermissionPolicy):
    """Look-alikes of letters in a permission, such as the full-width ones, are those letters."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """NFKC before the comparison."""
        return super().allows([_compatible(one) for one in granted], required)


@fault("m-perm-invisible", precedent="CWE-176")
class PermInvisible(PermissionPolicy):
    """Characters that nobody sees make no difference to a permission."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Zero-width ones and the soft hyphen are dropped."""
        return super().allows([_visible(one) for one in granted], required)


@fault("m-perm-nul", precedent="CWE-158")
class PermNul(PermissionPolicy):
    """A permission is read up to its first NUL."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """`strcmp`."""
        return super().allows([_up_to_nul(one) for one in granted], required)


@fault("m-perm-sql-like", precedent="permissions that are looked up with LIKE, where % and _ are wildcards")
class PermSqlLike(PermissionPolicy):
    """A percent sign in a permission stands for any letters, and an underscore for one."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """`WHERE required LIKE granted`."""
        patterns = [re.escape(one).replace("%", ".*").replace("_", ".") for one in granted]
        return any(re.fullmatch(one, required) for one in patterns) or super().allows(granted, required)


def _texts(claims: Mapping[str, Any], name: str) -> list[str]:
    """The claim as a list of texts; empty when it is anything else than a text, or an array of them as `aud`."""
    value = claims.get(name)
    texts: list[Any] = value if isinstance(value, list) and name == "aud" else [value]
    return texts if all(isinstance(one, str) for one in texts) else []


def _same(way: Callable[[str], str], said: list[str], meant: str) -> bool:
    return any(way(one) == way(meant) for one in said)


def _without_line_feed(text: str) -> str:
    return text.removesuffix("\n")


def _without_slash(text: str) -> str:
    return text.removesuffix("/")


def _up_to_nul(text: str) -> str:
    return text.partition("\0")[0]


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _visible(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) != "Cf")


def _place(url: str) -> str:
    return re.sub(r"(?<=//)[^/@]*@|#.*", "", url)


def _plain_http(url: str) -> str:
    return re.sub("^https://", "http://", url)


def _array(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return []
    return value if isinstance(value, list) else []
