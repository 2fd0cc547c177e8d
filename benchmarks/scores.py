"""Times the analysis of uncertainty of an index: three layers, with intervals of score and rank.

    python -m benchmarks.scores                       # 300 and 20,000 bodies, 110 indicators
    python -m benchmarks.scores --bodies 20000 --threads 2 --json figures.json

See benchmarks/README.md for what is run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks import make_scores
from troth.score.uncertainty import DRAWS, Uncertainty, analyse
from troth.score.variants import Index

SIZES = (300, 20_000)

#: Seconds by number of bodies that the project wants to stay under, on two cores; and memory.
WANTED = {300: 2.0, 20_000: 60.0}
WANTED_MB = 3_000


@dataclass(frozen=True)
class Figures:
    """One run. `cpu_seconds` are those of all threads: on a busy machine the better measure."""

    bodies: int
    indicators: int
    draws: int
    variants: int
    threads: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    load_before: float


def once(bodies: int, draws: int, threads: int, seed: int = 1) -> tuple[Figures, Uncertainty]:
    """Time one analysis of made bodies. The peak of memory is the process's, with its start."""
    posterior, index = make_scores.posterior(bodies, seed), make_scores.index()
    load = os.getloadavg()[0]
    wall, cpu = time.perf_counter(), time.process_time()
    found = analyse(posterior, index, seed, make_scores.EXCLUDED, draws, threads)
    figures = Figures(
        bodies,
        len(index.indicators),
        draws,
        len(found.tried),
        threads,
        time.perf_counter() - wall,
        time.process_time() - cpu,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        load,
    )
    check(found, index, bodies)
    return figures, found


def check(found: Uncertainty, index: Index, bodies: int) -> None:
    """End the benchmark if what was timed is not what it should be."""
    for layer in (found.data, found.method, found.variants):
        for interval in (layer.score, layer.rank):
            known = ~np.isnan(interval.median)
            assert known.shape == (bodies,) and known.any()
            assert (interval.q05[known] <= interval.median[known]).all()
            assert (interval.median[known] <= interval.q95[known]).all()
        assert 1 <= np.nanmin(layer.rank.median) <= np.nanmax(layer.rank.median) <= bodies
    assert found.ranks.shape == (len(found.tried), bodies)
    assert set(index.pillar_names) <= set(make_scores.EXCLUDED)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scores", description=__doc__)
    parser.add_argument("--bodies", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write all figures there")
    asked = parser.parse_args(arguments)
    if min(asked.bodies) < 2 or asked.draws < 2 or asked.threads < 1:
        parser.error("two bodies, two draws and one thread at least")
    all_figures = []
    for bodies in sorted(asked.bodies):
        figures, _ = once(bodies, asked.draws, asked.threads)
        all_figures.append(asdict(figures))
        wanted = f" (wanted: {WANTED[bodies]:.0f} s)" if bodies in WANTED else ""
        print(
            f"{bodies:,} bodies x {figures.indicators} indicators, 2 x {figures.draws:,} draws, "
            f"{figures.variants} variants, {figures.threads} threads: {figures.seconds:.1f} s"
            f"{wanted}, {figures.cpu_seconds:.1f} s of CPU, {figures.peak_mb:,.0f} MB "
            f"(wanted: {WANTED_MB:,} MB), load before {figures.load_before:.1f}"
        )
    if asked.json:
        asked.json.write_text(json.dumps(all_figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
