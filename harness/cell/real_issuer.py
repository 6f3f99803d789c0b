"""A real issuer as cells see it: its own tokens, those spoilt in ways that take no key, and what a key of ours signs.

An issuer of the embedded mock stands in for it. It has the real one's public key and forges what nobody has to have
signed, in the shape of a genuine token; or it has the private key that was imported into the real provider, and forges
anything. Nothing is asked of the real one but metadata, keys and tokens, and no service sees the stand-in.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.base.verdicts import NotPossible
from harness.cell.tokens import PermissionsPlace, put_permissions
from harness.declared.profile import Profile
from harness.declared.real_issuer import RealIssuer
from harness.grammar.model import Route
from harness.idp.client import IdpClient, IdpError, IssuerClient
from harness.idp.embedded import Embedded
from harness.idp.real_provider import RealProvider
from harness.shown.foreign_text import foreign
from harness.shown.private_numbers import private_numbers, public_jwk

_STYLE = "custom"
_NOT_HELD = "key_not_held"  # What the mock says where a signature takes a private key that it hasn't.
# What a spec may say of a genuine token that is spoilt, or not.
_OF_GENUINE_TOKENS = frozenset({"permissions", "mutation", "with"})
# Each token has these for itself.
_FRESH = frozenset({"exp", "iat", "jti"})
# A member of a spec, and the claims in which providers have what it says.
_SAID_BY = {
    "subject": ("sub",),
    "audience": ("aud",),
    "client_id": ("client_id", "azp", "cid", "appid"),
}
# Words of a scope that every provider has and that are no permissions (OpenID Connect Core 1.0 §5.4, §11).
_NO_PERMISSIONS = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})
_WHOLE_PAYLOADS, _WHOLE_HEADERS = {"payload", "payload_b64"}, {"header_text", "header_b64"}


@dataclass(frozen=True)
class Genuine:
    """A token of the provider, taken apart."""

    token: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @classmethod
    def read(cls, token: str) -> Genuine:
        """Raises `IdpError` for what is no signed JWT: no service can verify that by keys."""
        try:
            header, claims, _ = token.split(".")
            parts = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, claims)]
        except (ValueError, RecursionError):
            raise IdpError(
                "the access token of the real provider is no signed JWT, so no service verifies it by keys"
            ) from None
        if not all(isinstance(part, dict) for part in parts):
            raise IdpError("the access token of the real provider is no JWT: header and claims are JSON objects")
        return cls(token, *parts)


@dataclass(frozen=True)
class RealIdp:
    """What makes issuers that stand in for the real one, each for a session."""

    provider: RealProvider
    embedded: Embedded

    def issuer_for(self, idp: IdpClient, profile: Profile, place: Callable[[], PermissionsPlace]) -> RealIssuerClient:
        """A stand-in for a session, whose tokens have their permissions at `place`.

        Raises `IdpError` where the real provider's metadata, keys or tokens can't be used.
        """
        settings, genuine = self.provider.settings, None
        if settings.client_id:
            genuine = Genuine.read(self.provider.token())
            _check(genuine, settings.issuer, profile.audience)
        jwk = self._own_jwk() if settings.signing_key else self._jwk_of(genuine)
        algorithm = str(jwk.get("alg") or (genuine.header.get("alg") if genuine else "") or _usual_algorithm(jwk))
        kid = str(jwk.get("kid", "none"))
        made = idp.create_issuer(_STYLE, audience=profile.audience, algorithm=algorithm)
        usual = Genuine.read(made.mint({"permissions": ["a:b"]}))
        saw: Callable[[str], None] | None = None
        if settings.signing_key:
            self.embedded.bring_key(made.id, settings.signing_key, algorithm=algorithm, kid=kid)
        else:
            saw = self.embedded.borrow_key(made.id, jwk, algorithm=algorithm, kid=kid)
        return RealIssuerClient(made, self.provider, usual, place, saw, algorithm, has_kid="kid" in jwk)

    def _own_jwk(self) -> dict[str, Any]:
        """The published key whose private half was given."""
        own = public_jwk(self.provider.settings.signing_key)
        for key in self.provider.jwks():
            if all(key.get(name) == value for name, value in own.items()):
                return key
        raise IdpError(
            f"signing_key_file: no key that {self.provider.settings.issuer} publishes is the public half of this one"
        )

    def _jwk_of(self, genuine: Genuine | None) -> dict[str, Any]:
        assert genuine is not None
        kid, keys = genuine.header.get("kid"), self.provider.jwks()
        found = [key for key in keys if key.get("kid") == kid] if kid is not None else keys
        if len(found) != 1:
            raise IdpError(
                f"{len(found)} keys that {self.provider.settings.issuer} publishes have the kid of its token, "
                f"{foreign(kid)}"
            )
        return found[0]


class RealIssuerClient(IssuerClient):
    """See the module. `algorithm` is that of its tokens; without a key of ours `saw` is told each genuine token."""

    def __init__(
        self,
        made: IssuerClient,
        provider: RealProvider,
        usual: Genuine,
        place: Callable[[], PermissionsPlace],
        saw: Callable[[str], None] | None,
        algorithm: str,
        *,
        has_kid: bool,
    ) -> None:
        settings = provider.settings
        addresses = {"jwks_uri": provider.url_of("jwks_uri"), "discovery_url": provider.metadata_url}
        super().__init__(made.idp, {**made.description, "issuer": settings.issuer, **addresses})
        self.algorithm = algorithm
        self._provider, self._usual, self._place, self._saw, self._has_kid = provider, usual, place, saw, has_kid
        self._last: Genuine | None = None
        for pem in filter(None, (settings.signing_key, settings.client_key)):
            self.exported += private_numbers(pem).values()
        self.secret_texts = tuple(filter(None, (settings.client_secret,)))

    @property
    def granted(self) -> frozenset[str] | None:
        """The permissions of the client's tokens; None where a key of ours gives any, or tokens have none."""
        place = self._place()
        form = place.declared.form if place.declared else "array"
        if self._saw is None or form == "none":
            return None
        return _granted(self._genuine().claims, place.path, form)

    def usual_permissions(self, route: Route | None) -> list[str] | None:
        """What a token for a request to `route` has where nothing is said of permissions: all that the client has.

        None where that is the route's own permission: as always, or since the client lacks it.
        """
        granted = self.granted
        if granted is None or not route or (route.permission and route.permission not in granted):
            return None
        return sorted(granted)

    def mint(self, spec: Mapping[str, Any]) -> str:
        """The token of `spec`. Raises `NotPossible` for one that only the real provider could sign."""
        if self._saw is None or not spec.keys() <= _OF_GENUINE_TOKENS:
            return self._forged(self._in_its_shape(spec))
        genuine, granted = self._genuine(), self.granted
        if granted is not None and granted != {*spec.get("permissions", ())}:
            wanted = ", ".join(spec.get("permissions", ())) or "none"
            raise NotPossible(
                f"it takes a token with these permissions: {wanted}; those of the real issuer's client have "
                f"{', '.join(sorted(granted)) or 'none'}"
            )
        if "mutation" not in spec:
            self.minted.append(genuine.token)
            return genuine.token
        header, payload, _ = genuine.token.split(".")
        mutation = {name: spec[name] for name in ("mutation", "with") if name in spec}
        return self._forged({"header_b64": header, "payload_b64": payload, **mutation})

    def mint_many(self, specs: Sequence[Mapping[str, Any]]) -> list[str]:
        """As `mint`, one after the other."""
        return [self.mint(spec) for spec in specs]

    def token_command(self, spec: Mapping[str, Any]) -> str:
        """A command for the reports: a token of the client is the reader's own, in the variable TOKEN."""
        if self._saw is not None and spec.keys() <= _OF_GENUINE_TOKENS:
            return 'printf %s "$TOKEN"' if "mutation" not in spec else ""
        return super().token_command(self._in_its_shape(spec))

    def _forged(self, spec: Mapping[str, Any]) -> str:
        try:
            return super().mint(spec)
        except IdpError as problem:
            if _NOT_HELD in str(problem):
                raise NotPossible(
                    "it takes a token that the real issuer would have to sign, and no key of it is given "
                    "(signing_key_file)"
                ) from None
            raise

    def _genuine(self) -> Genuine:
        token = self._provider.token()
        if self._last is None or self._last.token != token:
            genuine = Genuine.read(token)
            if self._saw is not None:
                try:
                    self._saw(token)
                except Exception as problem:  # An error of the mock's, which the harness doesn't know.
                    said = "it has changed its key since the run began" if self._last else foreign(problem)
                    raise IdpError(
                        f"a token of {self.issuer} is not signed with the key that it published: {said}"
                    ) from None
            self._last = genuine
        return self._last

    def _in_its_shape(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """The spec for the stand-in: what it doesn't say is as in a genuine token, where there is one."""
        place, new = self._place(), dict(spec)
        genuine = self._genuine() if self._provider.settings.client_id else None
        if place.declared:
            vendors = "" if genuine and place.vendors in genuine.claims else place.vendors
            put_permissions(new, replace(place, vendors=vendors), place.declared)
        if not _WHOLE_PAYLOADS & spec.keys():
            new["claims"] = {**self._claims_like(genuine, spec, place), **new.get("claims", {})}
            said = {*new["claims"], *new.get("raw", ()), *new.get("times", ()), *_said_otherwise(spec), place.path[0]}
            lacks = [name for name in self._usual.claims if genuine and name not in genuine.claims and name not in said]
            new["without"] = [name for name in (*new.get("without", ()), *lacks) if name]
        if not _WHOLE_HEADERS & spec.keys():
            like = {
                name: one for name, one in (genuine.header.items() if genuine else ()) if name not in ("alg", "kid")
            }
            header = new["header"] = {**like, **new.get("header", {})}
            lacks = [
                name for name in self._usual.header if genuine and name not in genuine.header and name not in header
            ]
            of_ours = new.get("key", "current") == "current"
            no_kid = ["kid"] if of_ours and not self._has_kid and "kid" not in header else []
            new["header_without"] = list(dict.fromkeys([*new.get("header_without", ()), *lacks, *no_kid]))
        return new

    def _claims_like(self, genuine: Genuine | None, spec: Mapping[str, Any], place: PermissionsPlace) -> dict[str, Any]:
        if genuine is None:
            return {"iss": self.issuer}
        apart = _FRESH | {place.path[0], *_said_otherwise(spec)}
        form = place.declared.form if place.declared else "array"
        # Who grants by another claim as well must not find there what the token is not to have.
        gone = _granted(genuine.claims, place.path, form) - {*spec.get("permissions", ())}
        return {name: _less(value, gone) for name, value in genuine.claims.items() if name not in apart}


def check_real_issuer(settings: RealIssuer, profile: Profile) -> None:
    """Get a token as a run would. Raises `IdpError` where none comes that the route `read` of the profile lets in."""
    provider = RealProvider(settings)
    provider.jwks()
    if not settings.client_id:
        return
    genuine, place = Genuine.read(provider.token()), profile.permissions_place
    _check(genuine, settings.issuer, profile.audience)
    route = profile.routes["read"]
    path = place.path(profile.audience) if place.claim else ("permissions",)
    granted = _granted(genuine.claims, path, place.form)
    if route.permission and place.form != "none" and route.permission not in granted:
        raise IdpError(
            f"the tokens of {settings.client_id!r} don't have the permission {route.permission!r} of the profile's "
            f"routes.read in {'.'.join(path)}, but {', '.join(sorted(granted)) or 'none'}: grant it, ask for it with "
            "scope, or say in the profile where permissions are"
        )


def _granted(claims: Mapping[str, Any], path: Sequence[str], form: str) -> frozenset[str]:
    """The permissions in the claims of a token."""
    value: Any = claims
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if form == "string":
        return frozenset(value.split() if isinstance(value, str) else ()) - _NO_PERMISSIONS
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list | Mapping) else frozenset()


def _less(value: Any, gone: frozenset[str]) -> Any:
    """The value of a claim without these words."""
    if isinstance(value, str):
        words = value.split(" ")
        return value if gone.isdisjoint(words) else " ".join(word for word in words if word not in gone)
    if isinstance(value, Mapping):
        return {name: _less(one, gone) for name, one in value.items() if name not in gone}
    return [_less(one, gone) for one in value if one not in gone] if isinstance(value, list) else value


def _said_otherwise(spec: Mapping[str, Any]) -> set[str]:
    """The claims that other members of the spec decide."""
    names = {name for member, claims in _SAID_BY.items() if member in spec for name in claims}
    return names | ({"sub"} if spec.get("kind") == "user" else set())


def _usual_algorithm(jwk: Mapping[str, Any]) -> str:
    curves = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "EdDSA"}
    return curves.get(str(jwk.get("crv")), "RS256")


def _check(genuine: Genuine, issuer: str, audience: str) -> None:
    """Raise `IdpError` for a token that the service could not take, whatever else it does."""
    if genuine.claims.get("iss") != issuer:
        said = foreign(genuine.claims.get("iss"))
        raise IdpError(f"the tokens of {issuer} say that they are of another issuer, {said}: name that one")
    aud = genuine.claims.get("aud")
    if audience not in (aud if isinstance(aud, list) else [aud]):
        raise IdpError(
            f"the tokens of {issuer} are for {foreign(aud)}, and the profile says that the service is {audience!r} "
            "(audience): ask for that one with audience, resource or scope, or mend the profile"
        )
