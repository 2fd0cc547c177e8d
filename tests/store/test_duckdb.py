"""What DuckDB's store needs, and what it does not."""

import subprocess
import sys
from pathlib import Path

WITHOUT_PANDAS = """
import sys

class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import pyarrow as pa
from troth.store import open_store

with open_store(sys.argv[1]) as store:
    store.write("seen", pa.table({"a": pa.array([1, None, 3])}))
    seen = store.tables("seen")["seen"]
    print(store.run(seen.filter(seen.a > 1)).to_pylist())
"""


def test_it_writes_and_asks_without_pandas(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_PANDAS, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("[{'a': 3}]\n", "")
