"""The vendors that can be compared, by name: a file for each, with a `Vendor` in it."""

from importlib import import_module
from pkgutil import iter_modules

from ..vendor import Vendor

VENDORS: dict[str, Vendor] = {
    vendor.style: vendor
    for file in iter_modules(__path__)
    for vendor in vars(import_module(f"{__name__}.{file.name}")).values()
    if isinstance(vendor, Vendor)
}
