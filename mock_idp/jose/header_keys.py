"""Keys of the issuer inside a token's header: the public JWK or the certificate of any of them."""

from collections.abc import Callable, Mapping
from typing import Any

from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey

_FORMS: dict[str, Callable[[SigningKey], Any]] = {
    "$jwk": lambda key: key.public_jwk(),
    "$x5c": lambda key: list(key.x5c()),
}


def with_keys(header: Mapping[str, Any], find: Callable[[str, str], SigningKey]) -> dict[str, Any]:
    """The header members with every `{"$jwk": NAME}` and `{"$x5c": NAME}` inside replaced.

    In: `find` gives the key of a name or kid; its second argument is the member to blame.
    Out: new members; `$jwk` becomes the public JWK, `$x5c` the list with the self-signed certificate.

    Raises:
        JoseError: what `find` raises; `wrong_type` for a name that is no string; `no_certificate`.
    """
    return {name: _filled(value, f"header.{name}", find) for name, value in header.items()}


def _filled(value: Any, field: str, find: Callable[[str, str], SigningKey]) -> Any:
    if isinstance(value, list):
        return [_filled(item, f"{field}[{index}]", find) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    form = next(iter(value), None)
    if len(value) != 1 or form not in _FORMS:
        return {name: _filled(item, f"{field}.{name}", find) for name, item in value.items()}
    if not isinstance(value[form], str):
        raise JoseError("wrong_type", f"{field}.{form} must be the name or kid of a key.", f"{field}.{form}")
    key = find(value[form], f"{field}.{form}")
    try:
        return _FORMS[form](key)
    except JoseError as error:
        raise JoseError(error.code, error.sentence, f"{field}.{form}") from None
