"""Times `troth run` on contracting data against Cardinal, in the same run, on the same files.

    python -m benchmarks.ocds                          # 10,000, 100,000 and 1,000,000 lines
    python -m benchmarks.ocds --lines 10000 --rounds 9
    python -m benchmarks.ocds --until release --json figures.json --markdown

See benchmarks/README.md for what each row means.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import duckdb
import numpy as np

from benchmarks import make_ocds
from troth.errors import TrothError
from troth.pipeline import STORE
from troth.store.generations import Working

REPOSITORY = Path(__file__).resolve().parent.parent

SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
#: Rounds for files of up to that many lines; small ones are noisier, and cheap.
ROUNDS = ((SMALL, 9), (MIDDLE, 5), (LARGE, 3))

BAD_SHARE = CHANGED_SHARE = 0.01

#: How long Cardinal's 11 indicators take where its `coverage` takes 1: measured at 100,000 lines,
#: 3.5 s against 4.3 s. Used only where Cardinal itself is not installed.
INDICATORS_OF_COVERAGE = 0.82

#: All that Cardinal has; one runs only where its section exists.
CARDINAL_INDICATORS = (3, 18, 24, 25, 28, 30, 35, 36, 38, 48, 58)

SAMPLE_SECONDS = 0.02
GIGABYTE = 1e9

#: Load per core above which somebody else is using the machine.
BUSY_SHARE = 0.5

#: The kinds of run, in the order in which a round does them.
KINDS = ("peer", "cold", "warm", "changed", "bad")
IN_WORDS = {
    "cold": "cold: into an empty folder",
    "warm": "warm: again, nothing changed",
    "changed": f"{CHANGED_SHARE:.0%} changed: --update",
    "bad": f"cold, {BAD_SHARE:.0%} bad lines",
}


# -- what is measured -----------------------------------------------------------------------------


@dataclass
class Series:
    """The runs of one kind on one file: wall and processor seconds, and the peak of memory."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: int | None = None  # bytes, all processes together
    own: int | None = None  # of the peak, what is not a file mapped into memory

    @property
    def median(self) -> float:
        return statistics.median(self.wall)


@dataclass
class Measured:
    """One file size."""

    lines: int
    bytes: int
    rounds: int
    changed: int
    series: dict[str, Series]
    #: Bad lines in the file, and those of them that were reported with line, byte and path.
    bad: int = 0
    reported: int = 0

    def factor(self, kind: str) -> float | None:
        """How many times as fast as the peer; null without a peer."""
        peer = self.series.get("peer")
        return peer.median / self.series[kind].median if peer else None

    @property
    def slower_with_bad(self) -> float:
        return self.series["bad"].median / self.series["cold"].median - 1


@dataclass(frozen=True)
class Peer:
    """What we are compared with: its command for a file, and what its time is multiplied with."""

    name: str
    command: Callable[[Path], list[str]]
    scale: float


def find_peer(folder: Path) -> Peer | None:
    """Cardinal where it is installed, else the part of it that PyPI has, else nothing."""
    cardinal = shutil.which("ocdscardinal")
    if cardinal:
        settings = folder / "cardinal.ini"
        settings.write_text("".join(f"[R{number:03}]\n" for number in CARDINAL_INDICATORS))
        said = subprocess.run([cardinal, "--version"], capture_output=True, text=True, check=True)
        return Peer(
            f"{said.stdout.strip()}, indicators",
            lambda file: [cardinal, "indicators", "-s", str(settings), str(file)],
            1.0,
        )
    try:
        version = metadata.version("ocdscardinal")
    except metadata.PackageNotFoundError:
        return None
    coverage = "import sys, ocdscardinal; ocdscardinal.coverage(sys.argv[1])"
    return Peer(
        f"ocdscardinal {version} from PyPI, coverage x {INDICATORS_OF_COVERAGE}"
        " (an estimate of its indicators; Cardinal itself is not on the PATH)",
        lambda file: [sys.executable, "-c", coverage, str(file)],
        INDICATORS_OF_COVERAGE,
    )


# -- one process ----------------------------------------------------------------------------------


class WrongRunError(Exception):
    """A run that did not do what it is timed for."""


def timed(command: Sequence[str], log: Path) -> tuple[float, float]:
    """Wall and processor seconds of a whole process with its children."""
    with log.open("wb") as said:
        begin = time.perf_counter()
        # The checkout comes before an installed troth, since `python -c` looks here first.
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=REPOSITORY)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    _check_ended(process.returncode, command, log)
    return wall, used.ru_utime + used.ru_stime


def peak_memory(command: Sequence[str], log: Path) -> tuple[int, int]:
    """The most bytes that a process and its children held together, and how many of them were
    their own (not a mapped file). Sampled, so shorter peaks are missed; not timed, because looking
    slows down the process looked at."""
    peak, own = 0, 0
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=REPOSITORY)
        while process.poll() is None:
            held = [_held(pid) for pid in _with_children(process.pid)]
            peak = max(peak, sum(total for total, _ in held))
            own = max(own, sum(private for _, private in held))
            time.sleep(SAMPLE_SECONDS)
    _check_ended(process.returncode, command, log)
    return peak, own


def _check_ended(code: int, command: Sequence[str], log: Path) -> None:
    if code:
        said = log.read_text(errors="replace")[-2_000:]
        raise WrongRunError(f"{shlex.join(command)}\nended with {code} and said:\n{said}")


def _with_children(root: int) -> list[int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                # The name of a program may hold spaces and brackets; the parent follows the last.
                parents[int(folder.name)] = int(
                    (folder / "stat").read_text().rpartition(")")[2].split()[1]
                )
            except OSError:  # ended meanwhile
                continue
    found = [root]
    for one in found:
        found += [pid for pid, parent in parents.items() if parent == one]
    return found


def _held(pid: int) -> tuple[int, int]:
    """Bytes of a process: pages shared by n processes count a n-th each where the system says so
    (PSS), else in full (RSS)."""
    try:
        text = Path(f"/proc/{pid}/{_MEMORY_FILE}").read_text()
    except OSError:  # ended meanwhile
        return 0, 0
    kilobytes = {
        line.partition(":")[0]: int(line.split()[1])
        for line in text.splitlines()
        if line.endswith("kB")
    }
    if _MEMORY_FILE == "status":
        return kilobytes.get("VmRSS", 0) * 1024, kilobytes.get("RssAnon", 0) * 1024
    return kilobytes.get("Pss", 0) * 1024, (
        kilobytes.get("Pss", 0) - kilobytes.get("Pss_File", 0)
    ) * 1024


def _memory_file() -> str | None:
    """Where this system says what a process holds; nothing where it does not."""
    for name in ("smaps_rollup", "status"):
        try:
            if "kB" in Path(f"/proc/self/{name}").read_text():
                return name
        except OSError:
            continue
    return None


_MEMORY_FILE = _memory_file()
_MEMORY_IN_WORDS = {
    "smaps_rollup": "PSS: shared pages count once",
    "status": "RSS: shared pages count in each process, so this is too much",
    None: "not measured: this system has no /proc",
}


# -- the files ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Files:
    """The good file, the one with bad lines, and the one with what changed."""

    good: Path
    bad: Path
    delta: Path


def files(folder: Path, lines: int, jobs: int) -> Files:
    """The files of this many lines, made where they are missing or an older generator made them."""
    source = Path(make_ocds.__file__).read_bytes()
    mark = hashlib.sha256(source).hexdigest()[:8]
    found = Files(*(folder / f"{name}-{lines}-{mark}.jsonl" for name in ("ocds", "bad", "delta")))
    every = np.arange(lines)
    if not found.good.exists():
        _say(f"making {found.good}")
        make_ocds.write(found.good, every, jobs=jobs)
    if not found.bad.exists():
        _say(f"making {found.bad}")
        make_ocds.write(found.bad, every, jobs=jobs, bad=BAD_SHARE)
    if not found.delta.exists():
        _say(f"making {found.delta}")
        changed = make_ocds.changed_lines(1, CHANGED_SHARE, lines)
        make_ocds.write(found.delta, changed, jobs=jobs, changed=True)
    return found


def _into_page_cache(path: Path) -> None:
    """Read a file once, so that every run finds it in memory."""
    with path.open("rb") as file:
        while file.read(16 * 1024 * 1024):
            pass


# -- the rounds -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """How to measure."""

    troth: Sequence[str]
    until: str
    peer: Peer | None
    scratch: Path

    def command(self, file: Path, out: Path, *more: str) -> list[str]:
        return [*self.troth, "run", str(file), "--out", str(out), "--until", self.until, *more]


def measure(plan: Plan, found: Files, lines: int, rounds: int) -> Measured:
    """Peer and ours in turn, round after round; then one round in which memory is watched."""
    changed = len(make_ocds.changed_lines(1, CHANGED_SHARE, lines))
    kinds = [kind for kind in KINDS if kind != "peer" or plan.peer is not None]
    series = {kind: Series() for kind in kinds}
    measured = Measured(lines, found.good.stat().st_size, rounds, changed, series)
    for path in (found.good, found.bad):
        _into_page_cache(path)
    for number in range(rounds):
        _say(f"{lines:,} lines, round {number + 1} of {rounds}")
        for kind, command, log in _round(plan, found, measured):
            wall, cpu = timed(command, log)
            scale = plan.peer.scale if kind == "peer" and plan.peer else 1.0
            series[kind].wall.append(wall * scale)
            series[kind].cpu.append(cpu * scale)
    if _MEMORY_FILE is not None:
        _say(f"{lines:,} lines, memory")
        for kind, command, log in _round(plan, found, measured):
            series[kind].peak, series[kind].own = peak_memory(command, log)
    return measured


def _round(plan: Plan, found: Files, measured: Measured) -> Iterator[tuple[str, list[str], Path]]:
    """The commands of a round, each to be run before the next is asked for.

    What each did is checked when the next is asked for, so that no time is taken of a wrong run.
    """
    out, out_bad, log = (plan.scratch / name for name in ("out", "out-bad", "log"))
    if plan.peer is not None:
        yield "peer", plan.peer.command(found.good), log
    for folder in (out, out_bad):
        shutil.rmtree(folder, ignore_errors=True)

    yield "cold", plan.command(found.good, out), log
    _expect("records read", _records(out), (measured.lines, 0))
    loaded = Working(out / STORE).current()

    yield "warm", plan.command(found.good, out), log
    _expect("generation after a warm run", Working(out / STORE).current(), loaded)

    yield "changed", plan.command(found.delta, out, "--update"), log
    _expect("records after the update", _records(out), (measured.lines + measured.changed, 0))
    _expect("generation after the update", Working(out / STORE).current(), loaded + 1)
    shutil.rmtree(out)

    yield "bad", plan.command(found.bad, out_bad), log
    kinds = make_ocds.bad_kinds(1, np.arange(measured.lines), BAD_SHARE)
    wrong = {number for number, kind in enumerate(kinds, 1) if kind is not None}
    reported = _reported(out_bad)
    _expect("good lines that were reported", sorted(reported - wrong), [])
    measured.bad, measured.reported = len(wrong), len(reported)
    shutil.rmtree(out_bad)


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise WrongRunError(f"{what}: expected {wanted}, found {found}")


def _records(out: Path) -> tuple[int, int]:
    """Records that went in, and that were rejected."""
    sums = _ask(out, "input", "sum(rows_in)::BIGINT, sum(rows_rejected)::BIGINT")[0]
    return int(sums[0]), int(sums[1])


def _reported(out: Path) -> set[int]:
    """The lines of which something was rejected with line, byte offset and path."""
    placed = 'line IS NOT NULL AND "offset" IS NOT NULL AND path IS NOT NULL'
    return {int(row[0]) for row in _ask(out, "rejected", "DISTINCT line", placed)}


def _ask(out: Path, table: str, what: str, where: str = "true") -> list[tuple[int, ...]]:
    reading = Working(out / STORE).read()
    try:
        parts = [str(part) for part in reading.parts(table)]
        return duckdb.execute(
            f"SELECT {what} FROM read_parquet(?) WHERE {where}", [parts]
        ).fetchall()
    finally:
        reading.close()


# -- what was to be reached -----------------------------------------------------------------------


@dataclass(frozen=True)
class Aim:
    """A row of the table: what to look at, and what was to be reached, first and finally."""

    title: str
    lines: int
    kind: str  # a kind of run, or memory
    first: float
    goal: float | None


AIMS = (
    Aim("cold, 1,000,000 lines: read, store, measure, score", LARGE, "cold", 2.5, 4.0),
    Aim("cold, 100,000 lines", MIDDLE, "cold", 1.8, 3.0),
    Aim("cold, 10,000 lines", SMALL, "cold", 1.0, 1.5),
    Aim("warm: facts present, measure and score again, 1,000,000 lines", LARGE, "warm", 40.0, 50.0),
    Aim("1 % of the processes changed, 1,000,000 lines", LARGE, "changed", 25.0, 40.0),
    Aim("peak memory of all processes, 100,000 lines", MIDDLE, "memory", 1.0, 0.5),
    Aim("peak memory of all processes, 1,000,000 lines", LARGE, "memory", 1.0, 0.5),
    Aim("1 % bad lines, 10,000 lines", SMALL, "bad", 0.1, None),
    Aim("1 % bad lines, 100,000 lines", MIDDLE, "bad", 0.1, None),
    Aim("1 % bad lines, 1,000,000 lines", LARGE, "bad", 0.1, None),
)
#: With `--until release`: the row of the whole catalogue with all that the pages need.
AIMS_OF_RELEASE = (
    Aim("cold, with all that the pages need, 1,000,000 lines", LARGE, "cold", 1.2, 2.5),
)


def figure(aim: Aim, found: Measured) -> tuple[str, float | None, bool]:
    """In words and as a number (null where there is none), and whether smaller is better."""
    if aim.kind == "memory":
        peaks = [one.peak for kind, one in found.series.items() if kind != "peer" and one.peak]
        return (
            (f"{max(peaks) / GIGABYTE:.2f} GB", max(peaks) / GIGABYTE, True)
            if peaks
            else ("-", None, True)
        )
    if aim.kind == "bad":
        words = f"{found.reported:,} of {found.bad:,}, {found.slower_with_bad:+.1%} time"
        # A line that was not reported fails the row, however fast.
        return words, found.slower_with_bad if found.reported == found.bad else None, True
    factor = found.factor(aim.kind)
    return ("-", None, False) if factor is None else (f"{factor:.2f}x", factor, False)


def bar(aim: Aim, wanted: float | None) -> str:
    if wanted is None:
        return ""
    if aim.kind == "memory":
        return f"{wanted:g} GB"
    return f"all, {wanted:+.0%}" if aim.kind == "bad" else f"{wanted:g}x"


def reached(number: float | None, wanted: float | None, smaller: bool) -> bool | None:
    """Whether a figure is as good as wanted; null where one of them is missing."""
    if wanted is None or number is None:
        return None
    return number <= wanted if smaller else number >= wanted


def table(aims: Sequence[Aim], found: dict[int, Measured]) -> list[list[str]]:
    rows = [["", "measured", "to reach first", "goal", "reached"]]
    for aim in aims:
        measured = found.get(aim.lines)
        words, number, smaller = (
            ("not measured", None, False) if measured is None else figure(aim, measured)
        )
        first, goal = reached(number, aim.first, smaller), reached(number, aim.goal, smaller)
        verdict = {None: "", False: "no", True: "yes"}[first]
        if measured is not None and aim.kind == "bad" and number is None:
            verdict = "no: lines unreported"
        rows.append(
            [aim.title, words, bar(aim, aim.first), bar(aim, aim.goal), "goal" if goal else verdict]
        )
    return rows


def runs(found: dict[int, Measured]) -> list[list[str]]:
    """Every series: median, least and most seconds, processor, memory, and how it compares."""
    rows = [["", "median s", "min", "max", "CPU s", "peak MB", "own MB", "against peer"]]
    for measured in found.values():
        size = f"{measured.lines:,} lines, {measured.bytes / 1e6:,.0f} MB, {measured.rounds} rounds"
        rows.append([size, *[""] * 7])
        for kind, one in measured.series.items():
            name = "peer" if kind == "peer" else IN_WORDS[kind]
            peak, own = ("" if n is None else f"{n / 1e6:.0f}" for n in (one.peak, one.own))
            factor = None if kind == "peer" else measured.factor(kind)
            times = [one.median, min(one.wall), max(one.wall), statistics.median(one.cpu)]
            compared = "" if factor is None else f"{factor:.2f}x"
            rows.append([f"- {name}", *(f"{t:.2f}" for t in times), peak, own, compared])
    return rows


def as_text(rows: list[list[str]], markdown: bool) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("| " + " | ".join(cells) + " |" if markdown else "  ".join(cells).rstrip())
        if number == 0:
            rule = ["-" * width for width in widths]
            lines.append("| " + " | ".join(rule) + " |" if markdown else "  ".join(rule))
    return "\n".join(lines)


# -- the command ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Machine:
    """What the figures were taken on, and how busy it was before."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    versions: dict[str, str]
    load_before: float
    on: str


def machine() -> Machine:
    processor = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    except OSError:  # only Linux says it there
        pass
    return Machine(
        processor=processor,
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE, 1),
        system=platform.platform(),
        python=platform.python_version(),
        versions={
            name: metadata.version(name) for name in ("duckdb", "pyarrow", "msgspec", "numpy")
        },
        load_before=round(os.getloadavg()[0], 2),
        on=datetime.now(UTC).date().isoformat(),
    )


def heading(plan: Plan, on: Machine) -> list[str]:
    peer = plan.peer.name if plan.peer else "none (pip install ocdscardinal)"
    versions = ", ".join(f"{name} {version}" for name, version in on.versions.items())
    every = f"{SAMPLE_SECONDS * 1000:.0f} ms"
    said = [
        f"Taken on {on.on}: {on.processor}, {on.cores} cores, {on.memory_gb} GB; {on.system}.",
        f"Python {on.python}, {versions}. Peer: {peer}.",
        f"`troth run --until {plan.until}`: whole processes with interpreter start, by turns.",
        "Inputs in the page cache; the SQL of the formulas compiled before, as after a first run.",
        f"Memory: {_MEMORY_IN_WORDS[_MEMORY_FILE]}; sampled every {every}, in runs of their own.",
    ]
    if on.load_before > on.cores * BUSY_SHARE:
        said.append(f"THE MACHINE WAS BUSY (load {on.load_before}): these figures say little.")
    return said


def main(given: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(given)
    data = asked.data.absolute()
    data.mkdir(parents=True, exist_ok=True)
    made = {lines: files(data, lines, asked.jobs) for lines in sorted(set(asked.lines))}
    if asked.only_make:
        return 0
    on = machine()
    with tempfile.TemporaryDirectory(prefix="troth-benchmark-", dir=data) as folder:
        scratch = Path(folder)
        plan = Plan(shlex.split(asked.troth), asked.until, find_peer(scratch), scratch)
        found: dict[int, Measured] = {}
        try:
            _warm_up(plan, data, asked.jobs)
            for lines, its_files in made.items():
                rounds = asked.rounds or next(
                    (n for most, n in ROUNDS if lines <= most), ROUNDS[-1][1]
                )
                found[lines] = measure(plan, its_files, lines, rounds)
        except (WrongRunError, TrothError) as error:
            print(error, file=sys.stderr)
            return 1
    aims = AIMS if plan.until == "score" else AIMS_OF_RELEASE
    parts = ["\n".join(heading(plan, on)), as_text(runs(found), asked.markdown)]
    parts.append(as_text(table(aims, found), asked.markdown))
    print("\n\n".join(parts))
    if asked.json:
        _write_json(asked.json, plan, on, found, aims)
    return 0


def _write_json(
    path: Path, plan: Plan, on: Machine, found: dict[int, Measured], aims: Sequence[Aim]
) -> None:
    rows = []
    for aim in aims:
        if aim.lines in found:
            words, number, smaller = figure(aim, found[aim.lines])
            verdict = reached(number, aim.first, smaller)
            rows.append({**asdict(aim), "figure": number, "words": words, "reached": verdict})
    report = {
        "machine": asdict(on),
        "peer": plan.peer.name if plan.peer else None,
        "until": plan.until,
        "memory": _MEMORY_IN_WORDS[_MEMORY_FILE],
        "measured": [asdict(one) for one in found.values()],
        "aims": rows,
    }
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _warm_up(plan: Plan, data: Path, jobs: int) -> None:
    """One run that nobody times: it leaves the compiled SQL and Python's own compiled files."""
    few = files(data, 1_000, jobs)
    timed(plan.command(few.good, plan.scratch / "warm-up"), plan.scratch / "log")


def _parser() -> argparse.ArgumentParser:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    start = "import sys; from troth.cli import main; sys.exit(main())"
    this = shlex.join([sys.executable, "-c", start])
    cache = Path(tempfile.gettempdir()) / "troth-benchmarks"
    parser.add_argument("--lines", type=int, nargs="+", default=[SMALL, MIDDLE, LARGE])
    parser.add_argument("--rounds", type=int, help="rounds of every size; else 9, 5 and 3")
    parser.add_argument("--until", choices=["score", "release"], default="score")
    parser.add_argument("--data", type=Path, default=cache, help="where files are made and kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="to make files with")
    parser.add_argument("--troth", default=this, help="another command than this checkout's troth")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure, also to a file")
    parser.add_argument("--markdown", action="store_true", help="tables as in the README")
    parser.add_argument("--only-make", action="store_true", help="make the files and leave")
    return parser


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
