"""`troth config show`: what holds, and where it was set."""

from __future__ import annotations

from pathlib import Path

from tests.line.troth import troth
from troth.sources.ocds import native


def test_settings_are_shown_with_where_they_were_set(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TROTH_MEMORY", "3GB")
    (tmp_path / "troth.toml").write_text("threads = 7\n")

    shown = troth("config", "show", "--format", "json").json

    assert shown["memory"] == {"value": "3GB", "set_in": "environment TROTH_MEMORY"}
    assert shown["threads"] == {"value": 7, "set_in": "troth.toml"}
    assert shown["store"]["set_in"] == "default"
    assert shown["reader"]["value"] == ("compiled" if native.IS_THERE else "python")
    assert "environment TROTH_MEMORY" in troth("config", "show").out
    monkeypatch.setenv("TROTH_MEMRY", "3GB")
    wrong = troth("config", "show")
    assert wrong.code == 2
    assert "did you mean 'memory'?" in wrong.err
