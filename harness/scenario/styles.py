"""In which vendors' styles a case runs: in one, unless it looks at what the vendors do differently."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from harness.grammar.model import Scenario, Variant
from harness.grammar.vocabulary import STYLES, VENDORS


def styles_of(scenario: Scenario, variant: Variant, asked: Sequence[str] = ()) -> list[str]:
    """The styles of the cells of a variant: of those that are `asked` for each that fits.

    Without any a variant runs in each style that its scenario names, and with `every_style` in all of `STYLES`. Any
    other runs in one of these, which its name decides: always the same, whatever else runs, and all styles have their
    part. Those cells of a topic that need a service configured alike share it, and so the style.
    """
    if asked:
        # Where a scenario names no vendors, any that is asked for will do.
        possible = VENDORS if variant.styles == STYLES else variant.styles
        return [style for style in possible if style in asked]
    if variant.every_style or variant.styles != STYLES:
        return [style for style in variant.styles if style in STYLES]
    name = f"{scenario.id}[{variant.name}]"
    if variant.config and not scenario.timed:
        name = f"{scenario.id.rpartition('/')[0]} {sorted(variant.config.items())!r}"
    return [STYLES[crc32(name.encode()) % len(STYLES)]]
