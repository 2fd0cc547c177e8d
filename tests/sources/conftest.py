"""What tests of sources share."""

from __future__ import annotations

import pytest

from troth.store import generations


@pytest.fixture(autouse=True)
def _without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of stores are written here; that writes reach the disk is tested in tests/store."""
    monkeypatch.setattr(generations, "sync", lambda path: None)
