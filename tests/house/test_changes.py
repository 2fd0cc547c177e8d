"""Notes on changes are well formed, and the changelog is what they make."""

from pathlib import Path

from changes import gather
from tests.house.tracked import ROOT
from troth import __version__


def test_the_changelog_is_gathered_from_the_notes() -> None:
    assert (ROOT / "CHANGELOG.md").read_text(encoding="utf-8") == gather.changelog(), (
        "CHANGELOG.md is not what the notes say: python changes/gather.py"
    )


def test_every_note_has_a_kind_and_ends() -> None:
    assert gather.faults() == []


def test_the_version_under_way_has_notes() -> None:
    assert list((ROOT / "changes" / __version__).glob("*.md")), (
        f"no notes in changes/{__version__}: say what this version brings"
    )


def test_a_note_of_no_kind_or_without_an_end_is_named(tmp_path: Path) -> None:
    notes = {"a.good.md": "Good.", "b.added.md": "no end", "c.fixed.md": "Done.", "d.txt": "x."}
    (tmp_path / "1.0.0").mkdir()
    for name, text in notes.items():
        (tmp_path / "1.0.0" / name).write_text(text)
    (tmp_path / "1.0.0" / "date.txt").write_text("tomorrow\n")
    named = [Path(fault.partition(":")[0]).name for fault in gather.faults(tmp_path)]
    assert named == ["a.good.md", "b.added.md", "d.txt", "date.txt"]


def test_versions_stand_newest_first_and_figures_before_the_rest(tmp_path: Path) -> None:
    for version, note in (
        ("0.9.0", "a.added.md"),
        ("0.10.0", "a.added.md"),
        ("0.10.0", "b.figures.md"),
    ):
        (tmp_path / version).mkdir(exist_ok=True)
        (tmp_path / version / note).write_text(f"{version} {note}\nsecond line.\n")
    (tmp_path / "0.9.0" / "date.txt").write_text("2026-11-22\n")
    lines = gather.changelog(tmp_path).splitlines()
    said = [line for line in lines if line.startswith(("#", "-", "  "))]
    assert said == [
        "# Changelog",
        "## 0.10.0, not yet released",
        "### Figures that moved",
        "- 0.10.0 b.figures.md",
        "  second line.",
        "### Added",
        "- 0.10.0 a.added.md",
        "  second line.",
        "## 0.9.0, 2026-11-22",
        "### Added",
        "- 0.9.0 a.added.md",
        "  second line.",
    ]
