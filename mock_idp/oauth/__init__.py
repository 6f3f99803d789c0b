"""The token endpoint, one file per grant. For now: client_credentials."""
