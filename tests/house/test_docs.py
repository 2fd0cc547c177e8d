"""Everything a user can name is in the documents, and the documents name only what is there."""

import ast
import os
import re
import subprocess
import textwrap
from pathlib import Path

import pytest
import typer.main

from docs import generate
from tests.house.tracked import ROOT, texts, tracked
from troth import cli, settings
from troth.indicators import catalogue
from troth.indicators.base import Status, Verified
from troth.indicators.words import STATES
from troth.sources.ledgers.formats import FORMATS
from troth.sources.ocds.faults import FAULTS
from troth.tables import VOCABULARY, results

DOCS = ROOT / "docs"
PAGES = generate.pages()
DOCUMENTS = sorted(name for name, _ in texts(".md"))


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(PAGES))
def test_pages_made_from_the_code_are_up_to_date(name: str) -> None:
    assert page(name) == PAGES[name], f"docs/{name} fell behind the code: python -m docs.generate"


def test_every_table_and_column_is_described() -> None:
    written = page("tables.md")
    for table in VOCABULARY.values():
        assert f"### {table.name}\n" in written, table.name
        described = written.partition(f"### {table.name}\n")[2].partition("\n### ")[0]
        for column in table:
            assert f"| `{column.name}` |" in described, f"{table.name}.{column.name}"


def test_every_ledger_and_format_is_described() -> None:
    for name in FORMATS:
        assert f"| `{name}` |" in page("ledgers.md") or f"### {name}\n" in page("ledgers.md"), name


def test_every_fault_is_described() -> None:
    for code in FAULTS:
        assert f"| `{code}` |" in page("faults.md"), code


def test_every_indicator_is_described() -> None:
    for indicator in catalogue().values():
        assert f"### {indicator.code} {indicator.card.title}\n" in page("indicators.md")


def commands(group: object = None, name: str = "troth") -> list[str]:
    found = []
    for command in (group or typer.main.get_command(cli.app)).commands.values():
        full = f"{name} {command.name}"
        found += commands(command, full) if hasattr(command, "commands") else [full]
    return found


def test_every_command_is_described() -> None:
    described = re.findall(r"^## (troth .+)$", page("commands.md"), re.MULTILINE)
    assert sorted(described) == sorted(commands())
    assert "troth run" in described


def test_every_setting_is_described() -> None:
    for name in settings.NAMES:
        assert re.search(rf"^\| `{name}` \|", page("settings.md"), re.MULTILINE), (
            f"docs/settings.md lacks {name}: one row with its meaning and default"
        )
    for name in settings.ELSEWHERE:
        assert f"`{name}`" in page("settings.md"), name


STATUSES = [
    *STATES,
    *results.MEASUREMENT["status"].promise.one_of,
    *(one.value for one in Status),
]


@pytest.mark.parametrize("word", sorted(set(STATUSES)))
def test_every_status_is_in_the_glossary(word: str) -> None:
    assert f"`{word}`" in page("glossary.md"), f"docs/glossary.md does not say what {word!r} means"


def test_how_sure_we_are_is_counted_right() -> None:
    """The README says how many rules were compared with what; the cards decide."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sure = [indicator.card.verified for indicator in catalogue().values()]
    said = {
        f"{_word(len(sure))} [indicators]": True,
        f"{_word(sure.count(Verified.AGAINST_CODE))} of the {_word(len(sure)).lower()} rules": True,
        f"{_word(sure.count(Verified.OUR_DEFINITION))} are our own definitions": True,
    }
    for phrase in said:
        assert phrase in readme, f"README.md does not say: {phrase}"


def _word(number: int) -> str:
    words = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen"
    more = "Fifteen Sixteen Seventeen Eighteen Nineteen Twenty"
    found = f"{words} {more}".split()
    return found[number] if number < len(found) else str(number)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    path = ROOT / name
    text = re.sub(
        r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("#"):
            continue
        assert (path.parent / target.partition("#")[0]).exists(), f"{name}: no {target}"


def test_files_that_are_named_exist() -> None:
    """`troth/...`, `tests/...` and `docs/...` in documents and in docstrings."""
    there = {path.relative_to(ROOT).as_posix() for path in tracked()}
    there |= {str(Path(name).parent) for name in there}
    there |= {str(parent) for name in there for parent in Path(name).parents}
    named = re.compile(r"\b((?:troth|tests|docs|changes|examples)/[\w./-]*\w)(?![\w/<{*])")
    for name, text in texts(".md", ".py", ".toml"):
        if name.startswith(("tests/", "examples/", "CHANGELOG")):
            continue
        for found in named.finditer(text):
            path = found.group(1)
            placeholder = re.search(r"/[A-Z]+(\.|/|$)", path) and path not in there
            if text[found.end() : found.end() + 1] in ("<", "{", "*") or placeholder:
                continue
            assert path in there or f"{path}.py" in there, (
                f"{name} names {path}, which is not there"
            )


def test_tests_that_are_named_exist() -> None:
    written = "\n".join(text for name, text in texts(".py") if name.startswith("tests/"))
    there = set(re.findall(r"^\s*def (test_\w+)", written, re.MULTILINE))
    for name, text in texts(".md"):
        for test in re.findall(r"`(test_\w+)`", text):
            assert test in there, f"{name} names {test}, which is not there"


def snippets() -> list[tuple[str, str]]:
    fenced = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    return [(name, code) for name, text in texts(".md") for code in fenced.findall(text)]


def test_code_in_documents_is_code_and_imports_what_is_there() -> None:
    found = snippets()
    assert found
    for name, code in found:
        for node in ast.walk(ast.parse(textwrap.dedent(code))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("troth"):
                module = __import__(str(node.module), fromlist=["_"])
                for alias in node.names:
                    assert hasattr(module, alias.name), f"{name}: {node.module} has no {alias.name}"


def test_troth_commands_in_documents_are_commands() -> None:
    known = set(commands()) | {" ".join(one.split()[:2]) for one in commands()}
    for name, text in texts(".md"):
        for first in re.findall(r"^    (?:\.venv/bin/)?troth (?!-)([a-z]+)", text, re.MULTILINE):
            assert f"troth {first}" in known, f"{name}: no command `troth {first}`"


def test_the_two_commands_of_the_readme_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^    \./(\w+)$", readme, re.MULTILINE)
    assert named == ["try", "test"]
    for script in (*named, "lock", ".ci/run", ".ci/spark"):
        assert os.access(ROOT / script, os.X_OK), f"{script} is not executable"


@pytest.mark.parametrize("script", ["try", "test", "lock", "environment.sh"])
def test_scripts_are_well_formed(script: str) -> None:
    read = subprocess.run(
        ["sh", "-n", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert read.stderr == ""
