"""The JOSE core of the mock identity provider: keys, key life, JWS, and the forge for broken tokens.

Pure: standard library and `cryptography` only; no clock (`now` is passed in), no file, no environment, no other room.
`keys` and `ring` hold key material and its life; `token_spec` and `forge` make tokens;
`mutations` breaks them.
"""
