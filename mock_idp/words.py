"""The words that the control API knows, as data for those who may not import this package.

`python -m mock_idp.words FILE` writes them; `mock_idp/words.json` holds them, and a test compares.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from mock_idp.control.schemas import SCHEMAS
from mock_idp.control.tokens import TOKEN_MEMBERS, options_schema
from mock_idp.http11.schema_parts import Json
from mock_idp.jose.mutations import MUTATIONS
from mock_idp.jose.token_spec import contradictions
from mock_idp.plans.faults.registry import FAULTS
from mock_idp.vendors import VENDORS
from mock_idp.vendors.context import ENDPOINTS


def words() -> Json:
    """All of them, as JSON.

    `token`, `key` and `jwks` are the JSON schemas of a token spec, a key spec and a change to the key set; `faults`
    has one for each kind of fault, `mutations` one for the options of each mutation. `endpoints` are those that the
    request log names. `apart` are the pairs of members of a token of which a spec may have one. `vendors` are all, and
    `judged_vendors` those that scenarios run with unless they name some, `judged_options` their options then.
    """
    return {
        "token": TOKEN_MEMBERS,
        "apart": [list(pair) for pair in contradictions()],
        "mutations": {
            name: {**options_schema(one), "description": one.sentence} for name, one in sorted(MUTATIONS.items())
        },
        "key": SCHEMAS["KeySpec"],
        "jwks": SCHEMAS["JwksOverlay"],
        "faults": {name: SCHEMAS[f"{FAULTS[name].__name__}Fault"] for name in sorted(FAULTS)},
        "endpoints": list(ENDPOINTS),
        "vendors": list(VENDORS),
        "judged_options": {name: dict(one.judged_options) for name, one in VENDORS.items() if one.judged_options},
        "judged_vendors": [name for name in VENDORS if VENDORS[name].judged_by_default],
    }


def main(arguments: Iterable[str]) -> None:
    """Write the words to the file that is named."""
    (file,) = arguments
    Path(file).write_text(json.dumps(words(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
