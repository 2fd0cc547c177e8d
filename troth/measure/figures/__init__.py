"""How cases become a figure that is no share: a function each, found by the name a card gives.

`reckon` finds them by walking this folder, so that a new kind of figure is one more file.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from troth.errors import UsageError
from troth.measure.figures.base import Reckon, registered


@functools.cache
def _known() -> dict[str, Reckon]:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return registered()


def names() -> tuple[str, ...]:
    """The names that a card may give."""
    return tuple(sorted(_known()))


def reckon(name: str) -> Reckon:
    """The function of this name."""
    if name not in _known():
        raise UsageError(f"no figure is called {name!r}; there are {', '.join(names())}")
    return _known()[name]
