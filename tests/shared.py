"""Where the shared test data lies: `TROTH_SHARED`, else the folder `shared` beside the checkout."""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("TROTH_SHARED") or Path(__file__).resolve().parents[2] / "shared")


def shared(path: str) -> Path:
    """A file or folder of the shared test data; skips the test where it is not there."""
    found = FOLDER / path
    if not found.exists():
        pytest.skip(f"{path} is not there: set TROTH_SHARED to the folder of shared test data")
    return found
