"""Each fault shows, shows only when it is switched on, and leaves an ordinary caller alone."""

from __future__ import annotations

import pytest

from harness.reference.faults import FAULTS

from .experiments_dates import EXPERIMENTS as DATES
from .experiments_encodings import EXPERIMENTS as ENCODINGS
from .experiments_keys import EXPERIMENTS as KEYS
from .experiments_texts import EXPERIMENTS as TEXTS
from .experiments_tokens import EXPERIMENTS as TOKENS
from .mistakes import Experiment, cases
from .test_faults_access import EXPERIMENTS as ACCESS
from .test_faults_configuration import EXPERIMENTS as CONFIGURATION
from .test_faults_connection import EXPERIMENTS as CONNECTION
from .test_faults_grpc import EXPERIMENTS as GRPC
from .test_faults_helpful_readers import EXPERIMENTS as HELPFUL_READERS
from .test_faults_key_entries import EXPERIMENTS as KEY_ENTRIES
from .test_faults_key_store import EXPERIMENTS as KEY_STORE
from .test_faults_mcp import EXPERIMENTS as MCP
from .test_faults_odd_answers import EXPERIMENTS as ODD_ANSWERS
from .test_faults_other_ways import EXPERIMENTS as OTHER_WAYS
from .test_faults_rfc9068 import EXPERIMENTS as RFC9068
from .test_faults_second_time import EXPERIMENTS as SECOND_TIME
from .test_faults_serialization import EXPERIMENTS as SERIALIZATION
from .test_faults_side_doors import EXPERIMENTS as SIDE_DOORS
from .test_faults_side_effects import EXPERIMENTS as SIDE_EFFECTS
from .test_faults_texts import EXPERIMENTS as NAMES_AND_WORDS
from .test_faults_tls import EXPERIMENTS as TLS
from .test_faults_token_cache import EXPERIMENTS as TOKEN_CACHE
from .test_faults_windmill import EXPERIMENTS as WINDMILL
from .world import World

AREAS = (
    TOKENS,
    TEXTS,
    DATES,
    ENCODINGS,
    SERIALIZATION,
    KEY_STORE,
    KEYS,
    ACCESS,
    CONFIGURATION,
    CONNECTION,
    TLS,
    WINDMILL,
    RFC9068,
    MCP,
    SIDE_EFFECTS,
    TOKEN_CACHE,
    KEY_ENTRIES,
    GRPC,
    SECOND_TIME,
    ODD_ANSWERS,
    HELPFUL_READERS,
    OTHER_WAYS,
    NAMES_AND_WORDS,
    SIDE_DOORS,
)
EXPERIMENTS = {fault: experiment for area in AREAS for fault, experiment in area.items()}
# Its server speaks an old protocol, which the plain service of the others doesn't have.
OTHERS = [fault for fault in EXPERIMENTS if fault not in TLS]


def test_every_fault_has_its_experiment() -> None:
    """None is listed without being shown, none is shown without being listed, and none twice."""
    assert sorted(FAULTS) == sorted(fault for area in AREAS for fault in area)


@pytest.mark.parametrize(("fault", "experiment"), cases(EXPERIMENTS))
def test_the_fault_shows(world: World, fault: str, experiment: Experiment) -> None:
    """With the fault the experiment comes out wrong."""
    assert experiment(world, lambda **settings: world.start(fault, **settings))


@pytest.mark.parametrize(("fault", "experiment"), cases(EXPERIMENTS))
def test_nothing_shows_without_the_fault(world: World, fault: str, experiment: Experiment) -> None:
    """Without it, right."""
    assert not experiment(world, world.start)


@pytest.mark.parametrize("fault", OTHERS)
def test_the_plain_token_is_judged_as_ever(world: World, fault: str) -> None:
    """A fault is one mistake: an ordinary caller does not notice it."""
    service = world.start(fault)
    # That a caller without a token is told so in another way is a fault, too; it is kept out all the same.
    assert service.status() in ((403,) if fault == "m-403-for-missing-credentials" else (401,))
    assert service.status(world.k1.token()) == 200
