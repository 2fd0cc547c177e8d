"""Times the measures of continuity, debt and implementation on made data, one core.

    python -m benchmarks.measures                      # 5,000,000 invoices, 1,000,000 events and rows
    python -m benchmarks.measures --share 0.1

Prints seconds by measure, and the most memory the process ever had.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np

from troth.measure import arrears, cox, eventlog, payments, rejections, survival
from troth.measure.payments import Invoices, Suspensions

INVOICES, EVENTS, ROWS = 5_000_000, 1_000_000, 1_000_000
BODIES, UNITS, STRATA = 3_000, 500, 120

FIRST = np.datetime64("2023-01-01")
YEAR = (np.datetime64("2025-01-01"), np.datetime64("2025-12-31"))
QUARTERS = [np.datetime64(day) for day in ("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")]
REFERENCE = {
    np.datetime64(f"{year}-{month:02}-01"): 0.03 for year in range(2023, 2026) for month in (1, 7)
}


def timed(name: str, work: Callable[[], object]) -> None:
    begin = time.perf_counter()
    work()
    print(f"{name:32}{time.perf_counter() - begin:8.2f} s")


def invoices(n: int, generator: np.random.Generator) -> Invoices:
    received = FIRST + generator.integers(0, 1_100, n)
    paid = received + generator.exponential(45, n).astype(np.int64) + 1
    paid[generator.random(n) < 0.05] = np.datetime64("NaT")
    held = generator.integers(0, n, n // 25)
    since = received[held] + generator.integers(0, 60, len(held))
    return Invoices(
        "EUR",
        generator.integers(0, BODIES, n),
        BODIES,
        np.round(generator.lognormal(7, 1.5, n), 2),
        received,
        received + generator.integers(25, 61, n),
        paid,
        Suspensions(held, since, since + generator.integers(1, 40, len(held))),
    )


def debt(n: int, generator: np.random.Generator) -> None:
    made, as_of = invoices(n, generator), YEAR[1]
    supplier = made.body * 50 + generator.integers(0, 50, n)
    returned, small = generator.integers(0, 3, (2, n)).astype(np.float64)
    timed("mean time to pay (PMP)", lambda: payments.pmp(made, YEAR))
    timed("timely payment (ITP)", lambda: payments.itp(made, YEAR))
    timed("shares", lambda: payments.shares(made, YEAR))
    timed("new before old", lambda: payments.age_inversion(made, YEAR))
    timed("bunching", lambda: payments.bunching(made, YEAR))
    timed("arrears and ages", lambda: arrears.stock(made, as_of))
    timed("interest, EU", lambda: arrears.interest_eu(made, YEAR, REFERENCE))
    timed("interest, China", lambda: arrears.interest_cn(made, YEAR))
    timed("clearance", lambda: arrears.clearance(made, YEAR))
    timed("window dressing", lambda: arrears.window_dressing(made, YEAR, QUARTERS))
    timed("time to pay, by body", lambda: rejections.time_to_pay(made, as_of))
    timed("small firms", lambda: rejections.small_firm_gap(made, small % 2, as_of))
    timed("churn", lambda: rejections.churn(made, supplier, returned, as_of))


def implementation(n: int, generator: np.random.Generator) -> None:
    cases = n // 4
    case = np.sort(generator.integers(0, cases, n))
    first = np.concatenate([[True], case[1:] != case[:-1]])
    step = np.arange(n) - np.maximum.accumulate(np.where(first, np.arange(n), 0))
    event = generator.choice([1, 1, 1, 2, 3, 4, 5], n)
    event[first] = eventlog.RECEIVED
    moment = FIRST.astype("datetime64[s]") + case * 50 + step * 2 * 86_400
    unit, names = generator.integers(0, UNITS, n), [f"U{i}" for i in range(UNITS)]
    body, allowed = generator.integers(0, BODIES, cases), np.full(cases, 10.0)
    events = eventlog.log(case, cases, moment, event, unit, names, YEAR[1])
    timed(
        "hand-offs",
        lambda: eventlog.hand_offs(eventlog.paths(events), body, BODIES),
    )
    timed("push-away", lambda: eventlog.push_away(events, body))
    timed("late pauses", lambda: eventlog.late_pauses(events, allowed, body, BODIES))


def continuity(n: int, generator: np.random.Generator) -> None:
    x = generator.normal(size=(n, 3))
    start = generator.integers(0, 400, n) * generator.integers(0, 2, n).astype(np.float64)
    life = np.ceil(generator.exponential(500 / np.exp(0.5 * (x[:, 0] > 0)), n))
    seen = generator.integers(1, 1_500, n)
    stop, event = start + np.minimum(life, seen), life <= seen
    stratum, body = generator.integers(0, STRATA, n), generator.integers(0, BODIES, n)
    timed(
        "Cox, strata and clusters",
        lambda: cox.fit(stop, event, x, start=start, stratum=stratum, cluster=body),
    )
    timed("Kaplan-Meier", lambda: survival.kaplan_meier(stop, event, start))
    timed("log-rank", lambda: survival.log_rank(stop, event, x[:, 0] > 0, start, stratum))
    cause = event * (1 + body % 2)
    timed("competing events", lambda: survival.aalen_johansen(stop, cause, [365, 730], start))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the full sizes")
    share = parser.parse_args().share
    begin = time.perf_counter()
    generator = np.random.Generator(np.random.PCG64(1))
    debt(int(INVOICES * share), generator)
    implementation(int(EVENTS * share), generator)
    continuity(int(ROWS * share), generator)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"all of it {time.perf_counter() - begin:.0f} s, at most {most:.2f} GB")


if __name__ == "__main__":
    main()
