"""All kinds of fault by name.

A new one is a small class with the decorator `fault` in one of these modules, or in a new one imported here.
"""

from typing import Final

from mock_idp.plans.faults import base, connection, crowd, encoding, rate_limit, responses, waiting

_MODULES = [module.__name__ for module in (connection, crowd, encoding, rate_limit, responses, waiting)]

# In this order in every list of them, whichever module was imported first.
FAULTS: Final[dict[str, type[base.Fault]]] = dict(
    sorted(base.FAULTS.items(), key=lambda item: _MODULES.index(item[1].__module__))
)
