"""The repository speaks of the project alone, in its own words."""

import re

import pytest

from tests.house.tracked import ROOT, texts
from troth.publish import wording

#: This file names what it looks for.
HERE = "tests/house/test_words.py"

NOTES_TO_SELF = re.compile(r"\b(TODO|FIXME|HACK)\b")

#: Folders of somebody's machine.
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp)/")

#: Where packages are fetched from differs from place to place.
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|deb\.debian\.org"
    r"|anaconda\.org|crates\.io|proxy\.golang",
    re.IGNORECASE,
)

#: Word -> the word of the glossary. One word for one thing.
ONE_WORD = {
    r"\b(?:public|government|buying|procuring) agenc(?:y|ies)\b": "body",
    r"\bvendors?\b": "firm",
    r"\bbidding compan(?:y|ies)\b": "firm",
    r"\bscorecards?\b": "level",
    r"\bred[- ]flagged\b": "flagged",
}

#: Data of others and texts of others, in their words.
OTHERS = ("examples/", "LICENSE", "tests/browser/axe.min.js")


def ours() -> list[tuple[str, str]]:
    return [(n, t) for n, t in texts() if n != HERE and not n.startswith(OTHERS)]


def places(pattern: re.Pattern[str], name: str, text: str) -> list[str]:
    return [
        f"{name}, line {text.count(chr(10), 0, found.start()) + 1}: {found.group()}"
        for found in pattern.finditer(text)
    ]


def test_there_are_no_notes_to_self() -> None:
    found = [place for name, text in ours() for place in places(NOTES_TO_SELF, name, text)]
    assert found == [], "open an issue instead"


def test_no_machine_is_named() -> None:
    found = [
        place
        for name, text in ours()
        if not name.startswith(("tests/", ".gitignore"))
        for place in places(MACHINE, name, text)
    ]
    assert found == [], "a path of one machine means nothing on another"


def test_no_registry_is_named() -> None:
    found = [place for name, text in ours() for place in places(REGISTRIES, name, text)]
    assert found == [], "packages are named, and each place knows where it gets them"


@pytest.mark.parametrize("word", ONE_WORD)
def test_one_word_for_one_thing(word: str) -> None:
    pattern = re.compile(word, re.IGNORECASE)
    found = [
        place
        for name, text in ours()
        if name.startswith(("troth/", "docs/", "README", "CONTRIBUTING"))
        and name != "docs/glossary.md"
        for place in places(pattern, name, text)
    ]
    assert found == [], f"the glossary's word is {ONE_WORD[word]}"


def test_documents_say_no_more_than_the_data_do() -> None:
    """No accusation, no verdict, no adverb of degree; titles of rules are their sources'."""
    for name in ("README.md", "docs/start.md", "docs/glossary.md", "docs/how-to/read-a-release.md"):
        assert wording.forbidden_in((ROOT / name).read_text(encoding="utf-8")) == [], name


def test_documents_that_are_cited_are_here() -> None:
    """A reader of the code can open every document that it names."""
    cited = re.compile(r"\b(?:[A-Z]{4,}(?:_[A-Z]+)*|[a-z_/-]+)\.md\b")
    there = {name for name, _ in texts(".md")} | {
        name.rpartition("/")[2] for name, _ in texts(".md")
    }
    found = []
    for name, text in texts(".py", ".toml", ".sh"):
        if name.startswith("troth/"):
            found += [p for p in places(cited, name, text) if p.rpartition(": ")[2] not in there]
    assert found == [], "name what a stranger can find, or say the reason here"
