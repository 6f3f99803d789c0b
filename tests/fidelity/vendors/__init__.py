"""The vendors that can be compared, by name. A new one is a file with a `Vendor` in it and a line here."""

from ..vendor import Vendor
from .auth0 import AUTH0
from .cognito import COGNITO
from .entra import ENTRA
from .google import GOOGLE
from .keycloak import KEYCLOAK
from .okta import OKTA

VENDORS: dict[str, Vendor] = {vendor.style: vendor for vendor in (AUTH0, KEYCLOAK, OKTA, ENTRA, COGNITO, GOOGLE)}
