"""Times the measuring of ledgers: every indicator of some pillars over made ones, through the whole line.

    python -m benchmarks.promises                        # debt and implementation, two sizes
    python -m benchmarks.promises --entries 500000 --pillars D --each
    python -m benchmarks.promises --json figures.json

A size is a number of invoices: 5,000,000 have 1,000,000 events of cases beside them. Each is measured in
one run, with the ledgers of all pillars there, and is a process of its own, so that the peak of memory
is that of the size. See benchmarks/README.md. Linux only: the peak of memory is read from /proc.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping, Sequence
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

    pillars: str
    entries: int  # invoices
    ledgers: dict[str, int]  # rows of each
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


def measured(pillars: str, ledgers: dict, bodies: int, threads: int, codes: Sequence[str] = ()):  # type: ignore[no-untyped-def, type-arg]
    """Measure the indicators of these pillars, or some of them."""
    known = plan()
    chosen = [
        one
        for one in known.indicators
        if one.code[0] in pillars and (not codes or one.code in codes)
    ]
    return measure_ledgers(
        ledgers,
        replace(known, indicators=tuple(chosen)),
        make_promises.register(bodies),
        make_promises.body_ids(bodies),
        make_promises.AS_OF,
        threads=threads,
    )


def once(pillars: str, entries: int, threads: int, is_each: bool = False) -> Figures:
    """Time one measuring of made ledgers; with `is_each` every indicator alone afterwards."""
    bodies = make_promises.bodies_for(entries)
    ledgers = make_promises.ledgers_of(pillars, entries, bodies)
    plan()  # compiled once and remembered: not what is timed here
    _forget_peak()
    load = os.getloadavg()[0]
    wall, cpu = time.perf_counter(), time.process_time()
    found = measured(pillars, ledgers, bodies, threads)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    peak = _peak_mb()
    check(found, pillars, bodies)
    each = {}
    for code in found.coverage["indicator"].to_pylist() if is_each else []:
        wall, cpu = time.perf_counter(), time.process_time()
        measured(pillars, ledgers, bodies, threads, [code])
        each[code] = (time.perf_counter() - wall, time.process_time() - cpu)
    return Figures(
        pillars=pillars,
        entries=entries,
        ledgers={name: rows.num_rows for name, rows in ledgers.items()},
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


def check(found: LedgersMeasured, pillars: str, bodies: int) -> None:
    """End the benchmark if what was timed is not what it should be: a figure of every body."""
    codes = [one.code for one in plan().indicators if one.code[0] in pillars]
    assert found.coverage["indicator"].to_pylist() == codes
    rows = found.measurement.select(["indicator", "period", "status"]).to_pylist()
    of_code: dict[str, list[str]] = {code: [] for code in codes}
    for row in rows:
        if row["period"] == "all":
            of_code[row["indicator"]].append(row["status"])
    for code, statuses in of_code.items():
        assert len(statuses) == bodies, code
        assert statuses.count("published") > bodies / 2, code


def _counted(ledgers: Mapping[str, int]) -> str:
    """The ledgers whose number tells the size, in words."""
    shown = {"invoice": "invoices", "case_event": "events of cases", "commitment": "commitments"}
    return ", ".join(
        f"{ledgers[name]:,} {words}" for name, words in shown.items() if name in ledgers
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.promises", description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=list(SIZES))
    every = "".join(make_promises.LEDGERS_OF)
    parser.add_argument("--pillars", default=every, help=f"letters of {every}, measured in one run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--each", action="store_true", help="time every indicator alone as well")
    parser.add_argument("--json", type=Path, help="write all figures there")
    asked = parser.parse_args(arguments)
    if min(asked.entries) < 10_000 or asked.threads < 1:
        parser.error("10,000 entries and one thread at least")
    if not asked.pillars or not set(asked.pillars) <= set(every):
        parser.error(f"pillars {asked.pillars!r}: there are ledgers of {every}")
    context = multiprocessing.get_context("spawn")
    all_figures: list[Figures] = []
    for entries in sorted(asked.entries):
        with context.Pool(1) as process:
            figures = process.apply(once, (asked.pillars, entries, asked.threads, asked.each))
        all_figures.append(figures)
        print(
            f"{asked.pillars}: {_counted(figures.ledgers)}, {figures.bodies:,} bodies, "
            f"{figures.indicators} indicators, {figures.threads} threads: "
            f"{figures.seconds:.1f} s, {figures.cpu_seconds:.1f} s of CPU "
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
