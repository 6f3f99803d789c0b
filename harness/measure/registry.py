"""The experiments, in the order of the card."""

from __future__ import annotations

from typing import Final

from harness.measure import (
    algorithms,
    answers,
    claims,
    clock,
    coalescing,
    header,
    jwks_size,
    outage,
    pick_up,
    precedence,
    revocation,
    rsa_size,
    start_up,
    unknown_kid,
)
from harness.measure.experiment import Experiment

EXPERIMENTS: Final[tuple[Experiment, ...]] = (
    start_up.EXPERIMENT,
    pick_up.EXPERIMENT,
    revocation.TIMER,
    revocation.FORCED,
    unknown_kid.ALONE,
    unknown_kid.CROWD,
    unknown_kid.COOL_DOWN,
    coalescing.NEW_KID,
    coalescing.AT_EXPIRY,
    outage.STALE_WINDOW,
    outage.BAD_REFRESHES,
    claims.LEEWAYS,
    claims.REQUIRED,
    algorithms.UNCONFIGURED,
    algorithms.CONFIGURED,
    header.TYP,
    header.AMONG_KEYS,
    clock.EXPERIMENT,
    rsa_size.EXPERIMENT,
    header.TOKEN_SIZE,
    jwks_size.IN_BYTES,
    jwks_size.IN_KEYS,
    precedence.EXPERIMENT,
    answers.EXPERIMENT,
)
