"""The rules, a file each; the folder is the pillar. `catalogue()` finds them by walking."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from troth.errors import UsageError
from troth.indicators.base import Indicator


@functools.cache
def catalogue() -> dict[str, Indicator]:
    """Every indicator by its code, in the order of codes."""
    found: dict[str, Indicator] = {}
    for pillar in pkgutil.iter_modules(__path__):
        if not pillar.ispkg:
            continue
        package = importlib.import_module(f"{__name__}.{pillar.name}")
        for module in pkgutil.iter_modules(package.__path__):
            indicator = _indicator_of(f"{package.__name__}.{module.name}")
            if indicator.code in found:
                raise UsageError(f"two indicators have the code {indicator.code}")
            found[indicator.code] = indicator
    return dict(sorted(found.items()))


def _indicator_of(module_name: str) -> Indicator:
    module = importlib.import_module(module_name)
    made = [value for value in vars(module).values() if isinstance(value, Indicator)]
    if len(made) != 1:
        raise UsageError(f"{module_name}: expected one indicator in the file, found {len(made)}")
    return made[0]
