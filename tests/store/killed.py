"""A writer to be killed at any moment, and a look at what it left. Run by test_generations.

Forks a writer again and again, kills it with SIGKILL after a short while, and checks that what is
readable afterwards is one whole generation, no older than the last one the writer said was done.
Prints how many of the kills fell into a write. Kept out of pytest's own process, which has threads.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from troth.store.generations import Working

TABLES = ("first", "second", "third")
ROWS = 20_000
KEEP_EVERY = 3  # every third generation keeps one table of the one before, by hard links


def table_of(number: int) -> pa.Table:
    return pa.table({"generation": pa.array([number] * ROWS, pa.int64()), "row": list(range(ROWS))})


def write_one(path: Path) -> int:
    with Working(path).begin() as generation:
        for name in TABLES:
            if name == TABLES[-1] and generation.number % KEEP_EVERY == 0:
                generation.keep(name)
            else:
                generation.write(name, table_of(generation.number))
    return generation.number


def write_on(path: Path, done: int) -> None:
    """Write generation after generation, and say each number once it is published."""
    while True:
        os.write(done, f"{write_one(path)}\n".encode())


def check(path: Path, published: int) -> int:
    """Read everything; raise unless it is one whole generation from `published` on."""
    reading = Working(path).read()
    number = reading.number
    if number < published:
        raise AssertionError(f"generation {published} was published, but {number} is current")
    if number:
        if reading.names() != sorted(TABLES):
            raise AssertionError(f"generation {number} has the tables {reading.names()}")
        for name in TABLES:
            (part,) = reading.parts(name)
            read = pq.read_table(part, use_threads=False)
            kept = name == TABLES[-1] and number % KEEP_EVERY == 0
            if not read.equals(table_of(number - 1 if kept else number)):
                raise AssertionError(f"generation {number}, table {name}: not what was written")
    reading.close()
    return number


def main(path: Path, kills: int, seed: int) -> None:
    moments = random.Random(seed)
    in_a_write, published = 0, write_one(path)  # the first write imports, and takes long
    for _ in range(kills):
        told, done = os.pipe()
        writer = os.fork()
        if writer == 0:
            os.close(told)
            write_on(path, done)
        os.close(done)
        time.sleep(moments.uniform(0, 0.04))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        with os.fdopen(told) as lines:
            published = max([published, *(int(line) for line in lines)])
        in_a_write += bool(list((path / "generations").glob("*.building.*")))
        published = check(path, published)
    print(f"{kills} kills, {in_a_write} in a write, {published} generations")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
