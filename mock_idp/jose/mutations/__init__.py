"""The named mutations, one function each, by the idea they attack.

A new mutation is a function with the decorator `mutation` in one of these modules, or in a new one
imported here.
"""

from mock_idp.jose.mutations import (
    coding,
    ecdsa,
    encryption,
    hmac,
    payload,
    rsa_padding,
    serialization,
    signature,
    token_text,
    unsigned,
)
from mock_idp.jose.mutations.base import MUTATIONS, Draft, Mutation, find_mutation, mutation

__all__ = [
    "MUTATIONS",
    "Draft",
    "Mutation",
    "coding",
    "ecdsa",
    "encryption",
    "find_mutation",
    "hmac",
    "mutation",
    "payload",
    "rsa_padding",
    "serialization",
    "signature",
    "token_text",
    "unsigned",
]
