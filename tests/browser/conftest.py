"""One browser for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.visits import launched


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    with playwright.sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def with_scripts(started: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    context = launched(started, tmp_path_factory.mktemp("profile"))
    yield context
    context.close()
