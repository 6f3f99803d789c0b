"""The identity provider's side of a cell: issuers over the control API, TLS before it, the attacker beside it."""
