"""Facts of one batch of records: the compiled formulas, run over its tables by DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from troth.law import law
from troth.measure.plan import Plan
from troth.store.plain import in_memory
from troth.tables.law import LAW

#: A batch of 190 MiB of records needs less; beyond it DuckDB spills instead of growing.
MEMORY = "256MB"


def with_plain_moments(rows: pa.Table) -> pa.Table:
    """The same moments without their time zone, UTC, as the compiled formulas take them."""
    for number, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz is not None:
            plain = pa.timestamp("us")
            rows = rows.set_column(number, field.with_type(plain), rows.column(number).cast(plain))
    return rows


class FactsOf:
    """Called with the canonical tables of a batch, gives its fact tables (`fact_<kind>`).

    One thread: there is one of these in each reading process.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.engine: Any = None

    def __call__(self, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        engine = self._engine()
        for name, rows in tables.items():
            engine.register(name, with_plain_moments(rows))
        # `execute` binds a query once, `sql` twice.
        found = {
            f"fact_{kind}": engine.execute(sql).to_arrow_table()
            for kind, sql in self.plan.facts.items()
        }
        for name in tables:
            engine.unregister(name)
        return found

    def _engine(self) -> Any:
        """Opened at the first batch, that is, in the process that uses it."""
        if self.engine is None:
            self.engine = in_memory(1, MEMORY)
            self.engine.register(LAW.name, law())
        return self.engine

    def __getstate__(self) -> dict[str, object]:
        return {"plan": self.plan, "engine": None}
