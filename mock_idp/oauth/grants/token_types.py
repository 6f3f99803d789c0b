"""What kinds of tokens an exchange knows (RFC 8693 section 3)."""

_TYPES = "urn:ietf:params:oauth:token-type:"
ACCESS_TOKEN, ID_TOKEN, JWT = (_TYPES + name for name in ("access_token", "id_token", "jwt"))
