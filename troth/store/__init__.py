"""Where the tables live and what runs formulas over them; the only place that chooses an engine."""

from troth.store.base import Store
from troth.store.opening import open_store
from troth.store.pins import check_versions

check_versions()

__all__ = ["Store", "open_store"]
