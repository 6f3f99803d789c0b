"""The words of the mock identity provider as it has written them down: `mock_idp/words.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

# Beside this package, in the checkout and where the wheel is installed: the harness may not import that one.
FILE: Final = Path(__file__).resolve().parents[2] / "mock_idp" / "words.json"
WORDS: Final[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
