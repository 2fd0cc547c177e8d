"""Ibis for Spark, mended where its SQL means something else than on DuckDB.

`tests/engines` found each of these; what cannot be mended here for all formulas at once is refused
in them by `tests/house/engine_lint.py`. Importing this module needs Spark's client.
"""

from __future__ import annotations

import math
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.pyspark import Backend as PySparkBackend
from ibis.backends.sql.compilers.base import NULL
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from troth.errors import UsageError
from troth.store.base import arrow_schema

#: The digits that a DECIMAL has at most.
DECIMAL_DIGITS = 38

#: Microseconds in a second.
MICROSECONDS = 1_000_000


class Compiler(PySparkCompiler):  # type: ignore[misc]  # Ibis has no types
    """Ibis's compiler for Spark, where what it writes has another meaning than on DuckDB.

    The names of its methods are Ibis's.
    """

    def visit_NonNullLiteral(  # noqa: N802
        self, op: ops.Literal, *, value: Any, dtype: dt.DataType
    ) -> Any:
        """Write 0.3 as a DOUBLE.

        Written plainly it is a DECIMAL: whole numbers divided by it lose digits, and some engines
        bring the other side of a comparison to DECIMAL too, which fails for large numbers.
        """
        made = super().visit_NonNullLiteral(op, value=value, dtype=dtype)
        if dtype.is_floating() and math.isfinite(value):
            return self.cast(made, dtype)
        return made

    def visit_CountStar(self, op: ops.CountStar, *, arg: Any, where: Any) -> Any:  # noqa: N802
        """Count the rows for which a condition holds: 0, not null, where it is null for all."""
        if where is None:
            return super().visit_CountStar(op, arg=arg, where=where)
        return self.f.count(self.if_(where, 1, NULL))

    def visit_ExtractEpochSeconds(  # noqa: N802
        self,
        op: ops.ExtractEpochSeconds,  # noqa: ARG002
        *,
        arg: Any,
    ) -> Any:
        """Whole seconds since 1970, rounded down before it too, where Spark rounds up."""
        return self.cast(self.f.floor(self.f.unix_micros(arg) / MICROSECONDS), dt.int64)

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: dt.DataType) -> Any:  # noqa: N802
        """Bring a fraction to a DECIMAL by its binary value, as DuckDB does.

        Spark takes its shortest decimal text instead: 1.005, which is a little less, becomes 1.01
        there and 1.00 on DuckDB, and sums of money drift apart.
        """
        if not (op.arg.dtype.is_floating() and to.is_decimal() and to.scale):
            return super().visit_Cast(op, arg=arg, to=to)
        # The types are such that the product is a DECIMAL(38, scale), without another rounding.
        units = self.f.round(arg * 10**to.scale)
        whole = self.cast(units, dt.Decimal(DECIMAL_DIGITS - 1 - to.scale, 0))
        unit = self.cast(f"{10**-to.scale:.{to.scale}f}", dt.Decimal(to.scale, to.scale))
        return self.cast(whole * unit, to)


class Backend(PySparkBackend):  # type: ignore[misc]  # Ibis has no types
    """Ibis's connection to Spark, with our compiler, and results that do not go through pandas."""

    compiler = Compiler()

    def to_pyarrow(
        self, expr: ir.Expr, /, *, params: Any = None, limit: Any = None, **_: Any
    ) -> Any:
        """The rows of an expression, in the types that it declares."""
        table = expr.as_table()
        if table.op().find(ops.InMemoryTable):
            raise UsageError(
                "a table in memory would reach Spark through pandas, which loses whole numbers "
                "beside gaps; put it into the store with `write` and take it from `tables`"
            )
        rows: Any = self._session.sql(self.compile(table, params=params, limit=limit))
        result: pa.Table = rows.toArrow()
        return expr.__pyarrow_result__(result.cast(arrow_schema(table)))
