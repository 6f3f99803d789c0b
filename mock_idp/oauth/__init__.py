"""What an authorization server does: the token endpoint with a file per grant, and the endpoints beside it.

It imports `issuer` and the rooms below, not `control`.

A vendor says what is its own in three places, all of them light to import:

- its class, a subclass of `mock_idp.vendors.base.Vendor`: the grants it has, how its refresh tokens live, what its ID
  tokens hold beside the members of OpenID Connect. The defaults are those of RFC 6749 and its companions.
- its `token_error(problem)`, the answer to a request that is refused. `mock_idp.vendors.problems` has the closed list
  of what can be wrong, and `standard_response`, which is RFC 6749 section 5.2.
- its discovery document: each endpoint that is named there below the base URL of the issuer is served.

Clients and users are those of `mock_idp.issuer.clients`: while an issuer declares none, every client, secret, user and
password is good; from the first declared one on, only declared ones are.
"""
