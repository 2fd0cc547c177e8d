"""Times the measuring of ledgers: every indicator of a pillar over made ones, through the whole line.

    python -m benchmarks.promises                        # debt: 500,000 and 5,000,000 invoices
    python -m benchmarks.promises --entries 500000 --each
    python -m benchmarks.promises --json figures.json

Each size is a process of its own, so that the peak of memory is that of the size. See
benchmarks/README.md. Linux only: the peak of memory is read from /proc.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow as pa

from benchmarks import make_promises
from troth.measure.ledgers import LedgersMeasured, measure_ledgers
from troth.measure.plan import plan

SIZES = (500_000, 5_000_000)

#: Seconds and memory that all indicators of debt and implementation are to stay under, on two cores.
WANTED_SECONDS, WANTED_MB = 120, 2_000


@dataclass(frozen=True)
class Figures:
    """One run. `cpu_seconds` are those of all threads: on a busy machine the better measure.

    `ledgers_mb` is what the ledgers take themselves; the peak of memory has them in it.
    """

    pillar: str
    entries: int
    bodies: int
    indicators: int
    threads: int
    seconds: float
    cpu_seconds: float
    ledgers_mb: float
    peak_mb: float
    load_before: float
    published: int
    each: dict[str, tuple[float, float]]  # code -> seconds, CPU seconds


def measured(pillar: str, ledgers: dict, bodies: int, threads: int, codes: Sequence[str] = ()):  # type: ignore[no-untyped-def, type-arg]
    """Measure the pillar's indicators, or these of them."""
    known = plan()
    chosen = [
        one
        for one in known.indicators
        if one.code[0] == pillar and (not codes or one.code in codes)
    ]
    return measure_ledgers(
        ledgers,
        replace(known, indicators=tuple(chosen)),
        make_promises.register(bodies),
        make_promises.body_ids(bodies),
        make_promises.AS_OF,
        threads=threads,
    )


def once(pillar: str, entries: int, threads: int, is_each: bool = False) -> Figures:
    """Time one measuring of made ledgers; with `is_each` every indicator alone afterwards."""
    bodies = make_promises.bodies_for(entries)
    ledgers = make_promises.LEDGERS_OF[pillar](entries, bodies)
    plan()  # compiled once and remembered: not what is timed here
    _forget_peak()
    load = os.getloadavg()[0]
    wall, cpu = time.perf_counter(), time.process_time()
    found = measured(pillar, ledgers, bodies, threads)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    peak = _peak_mb()
    check(found, pillar, bodies)
    each = {}
    for code in found.coverage["indicator"].to_pylist() if is_each else []:
        wall, cpu = time.perf_counter(), time.process_time()
        measured(pillar, ledgers, bodies, threads, [code])
        each[code] = (time.perf_counter() - wall, time.process_time() - cpu)
    return Figures(
        pillar=pillar,
        entries=entries,
        bodies=bodies,
        indicators=found.coverage.num_rows,
        threads=threads,
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        ledgers_mb=sum(one.nbytes for one in ledgers.values()) / 1e6,
        peak_mb=peak,
        load_before=load,
        published=found.measurement["status"].to_pylist().count("published"),
        each=each,
    )


def _forget_peak() -> None:
    """Let the peak of memory begin anew, so that making the ledgers is not in it."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1e3


def check(found: LedgersMeasured, pillar: str, bodies: int) -> None:
    """End the benchmark if what was timed is not what it should be: a figure of every body."""
    codes = [one.code for one in plan().indicators if one.code[0] == pillar]
    assert found.coverage["indicator"].to_pylist() == codes
    rows = found.measurement.select(["indicator", "period", "status"]).to_pylist()
    for code in codes:
        statuses = [
            row["status"] for row in rows if (row["indicator"], row["period"]) == (code, "all")
        ]
        assert len(statuses) == bodies, code
        assert statuses.count("published") > bodies / 2, code


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.promises", description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--pillar", choices=sorted(make_promises.LEDGERS_OF), default="D")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--each", action="store_true", help="time every indicator alone as well")
    parser.add_argument("--json", type=Path, help="write all figures there")
    asked = parser.parse_args(arguments)
    if min(asked.entries) < 10_000 or asked.threads < 1:
        parser.error("10,000 entries and one thread at least")
    context = multiprocessing.get_context("spawn")
    all_figures: list[Figures] = []
    for entries in sorted(asked.entries):
        with context.Pool(1) as process:
            figures = process.apply(once, (asked.pillar, entries, asked.threads, asked.each))
        all_figures.append(figures)
        print(
            f"{entries:,} entries, {figures.bodies:,} bodies, {figures.indicators} indicators, "
            f"{figures.threads} threads: {figures.seconds:.1f} s, {figures.cpu_seconds:.1f} s of CPU "
            f"(wanted: {WANTED_SECONDS} s), {figures.peak_mb:,.0f} MB, ledgers of "
            f"{figures.ledgers_mb:,.0f} MB among them (wanted: {WANTED_MB:,} MB), load before "
            f"{figures.load_before:.1f}",
            flush=True,
        )
        for code, (seconds, cpu) in figures.each.items():
            print(f"  {code} {seconds:6.1f} s {cpu:6.1f} s of CPU")
    if len(all_figures) > 1:
        first, last = all_figures[0], all_figures[-1]
        print(
            f"{last.entries / first.entries:g} times the entries took "
            f"{last.cpu_seconds / first.cpu_seconds:.1f} times the CPU"
        )
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in all_figures], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
