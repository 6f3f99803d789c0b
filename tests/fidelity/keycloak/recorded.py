"""What a real Keycloak answered, in a file: the mock can be held against it again without a server."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .sides import Answer


@dataclass(frozen=True)
class Asked:
    """One side of an area after it was asked. `known` is as in `Side`; `subjects` and `first_keys` are what the mock is
    made alike with: the id of each user, and the keys of the start in the order of the key set.
    """

    realm: str
    known: Mapping[str, str]
    answers: Mapping[str, Answer]
    subjects: Mapping[str, str] = field(default_factory=dict)
    first_keys: tuple[str, ...] = ()


def save(file: Path, areas: Mapping[str, Asked]) -> None:
    """Write what the real side answered in each area; tokens and secrets are those of realms that are gone."""
    file.write_text(json.dumps({name: _plain(one) for name, one in areas.items()}) + "\n", encoding="utf-8")


def load(file: Path) -> dict[str, Asked]:
    """What `save` wrote. Raises OSError, and ValueError for what is no such file."""
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        return {name: _asked(one) for name, one in read.items()}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{file} has no answers of a Keycloak: {error!r}") from error


def _plain(one: Asked) -> dict[str, Any]:
    plain = asdict(one)
    for answer in plain["answers"].values():
        answer["body"] = base64.b64encode(answer["body"]).decode()
    return plain


def _asked(plain: dict[str, Any]) -> Asked:
    answers = {
        name: Answer(
            **{
                **answer,
                "headers": tuple((key, value) for key, value in answer["headers"]),
                "body": base64.b64decode(answer["body"]),
            }
        )
        for name, answer in plain["answers"].items()
    }
    return Asked(**{**plain, "answers": answers, "first_keys": tuple(plain["first_keys"])})
