"""The vendors, by name. The name is what `style` says in settings and in the control API."""

from mock_idp.providers.auth0 import Auth0
from mock_idp.providers.base import Provider
from mock_idp.providers.cognito import Cognito
from mock_idp.providers.custom import Custom
from mock_idp.providers.entra import Entra
from mock_idp.providers.google import Google
from mock_idp.providers.keycloak import Keycloak
from mock_idp.providers.okta import Okta

_ALL: tuple[Provider, ...] = (Auth0(), Keycloak(), Okta(), Custom(), Entra(), Cognito(), Google())

PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in _ALL}
