"""Faults by rule: the reference's own methods, each changed in one spot, as mistakes are made everywhere.

A derived fault is a class to mix in like a named one, made of the part's source by a rule: a check left out, a
condition negated, a comparison that is loose, an answer that is kept. Its id says what is changed and where.
"""

from __future__ import annotations

from harness.reference.derived.catalogue import DerivedFault, derived_faults

__all__ = ["DerivedFault", "derived_faults"]
