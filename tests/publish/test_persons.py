"""The last wall: files with something about a person in them are not let out."""

import csv
import html
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import PersonError
from troth.publish.persons import _SUSPECT_JSON, _suspects, in_json, leaks, refuse_leaks
from troth.tables.walls import PERSON_WORDS, is_person_like

RECORD = {
    "ocid": "ocds-1",
    "buyer": {"id": "x", "name": "A town"},
    "tender": {"value": {"amount": 5}},
}


def found(folder: Path) -> list[str]:
    return [str(leak) for leak in leaks(folder)]


def page(body: str) -> str:
    return f'<!doctype html><html><head><meta name="viewport"></head><body>{body}</body></html>'


def test_what_says_nothing_about_a_person_passes(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(RECORD))
    (tmp_path / "b.jsonl").write_text((json.dumps(RECORD) + "\n") * 3)
    (tmp_path / "c.csv").write_text('body_id,body_kind,level,unknown\r\n"x","public_body",5,1\r\n')
    shown = html.escape(json.dumps(RECORD))
    prose = (
        "<p>Contact points, e-mail addresses and judges are left out. Is a person named? No.</p>"
    )
    (tmp_path / "d.html").write_text(page(f'<h1 class="name">A town</h1>{prose}<pre>{shown}</pre>'))
    refuse_leaks(tmp_path)
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    "key",
    [
        "contactPoint",
        "email",
        "telephone",
        "phone",
        "judge",
        "signatories",
        "signedBy",
        "faxNumber",
    ],
)
def test_a_leaked_key_stops_the_release_and_names_file_and_path(tmp_path: Path, key: str) -> None:
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "x.json").write_text(
        json.dumps({"parties": [RECORD, {key: {"name": "M. Rossi"}}]})
    )
    with pytest.raises(
        PersonError, match=rf"json/x\.json, \$\.parties\[1\]\.{key}: is about a person"
    ):
        refuse_leaks(tmp_path)


def test_a_key_spelt_with_escapes_is_found(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"conta\\u0063tPoint": "M. Rossi"}')
    assert found(tmp_path) == ["x.json, $.contactPoint: is about a person"]


def test_an_indented_file_and_one_with_the_colon_on_the_next_line(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{\n  "email"\n  : "m@example.org"\n}')
    assert found(tmp_path) == ["x.json, $.email: is about a person"]


def test_an_emptied_key_is_no_leak() -> None:
    assert list(in_json({"contactPoint": {}, "email": None, "phone": ""})) == []


@pytest.mark.parametrize("kind", ["natural_person", "person", "unknown", "Natural_Person"])
@pytest.mark.parametrize(
    "said",
    [
        {"name": "M. Rossi"},
        {"id": "IT-CF-1"},
        {"identifier": {"id": "1"}},
        {"score": 3},
        {"rank": "first"},
        {"awards": 7},
    ],
)
def test_nothing_is_said_of_a_person(kind: str, said: dict[str, Any]) -> None:
    ((path, reason),) = in_json({"suppliers": [{"kind": kind, "role": "supplier"} | said]})
    assert path == f"$.suppliers[0].{next(iter(said))}"
    assert reason == f"is said of a {kind}"


def test_that_somebody_is_a_person_may_be_said_and_counted_once() -> None:
    assert (
        list(
            in_json(
                {"kind": "natural_person", "firm_key": 5, "shown_by": "identifier", "name": None}
            )
        )
        == []
    )
    assert list(in_json({"kind": "legal_person", "name": "Bois SARL", "awards": 7})) == []


def test_the_line_of_a_json_lines_file_is_named(tmp_path: Path) -> None:
    lines = [json.dumps(RECORD)] * 1500
    lines[1203] = json.dumps({"kind": "person", "score": 1})
    (tmp_path / "x.jsonl").write_text("\n".join(lines) + "\n")
    assert found(tmp_path) == ["x.jsonl, line 1204 $.score: is said of a person"]


def test_suspect_json_that_cannot_be_read_is_not_let_out(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"email": ')
    (tmp_path / "y.json").write_text('{"email": ' + "[" * 100_000)
    assert len(found(tmp_path)) == 2
    assert all("cannot be cleared" in one for one in found(tmp_path))


@pytest.mark.parametrize("column", ["email", "contact_point", "judge", "signatory", "holder_name"])
def test_a_leaked_column_is_found(tmp_path: Path, column: str) -> None:
    (tmp_path / "x.csv").write_text(f"body_id,{column}\r\n")
    assert found(tmp_path) == [f"x.csv, column {column}: is about a person"]


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


def test_a_row_that_names_or_counts_a_person_is_found(tmp_path: Path) -> None:
    write_rows(
        tmp_path / "firm.csv",
        [
            {"firm_key": 1, "kind": "legal_person", "name": "Bois\r\nSARL", "wins": 3},
            {"firm_key": 2, "kind": "natural_person", "name": "", "wins": ""},
            {"firm_key": 3, "kind": "natural_person", "name": "M. Rossi", "wins": ""},
            {"firm_key": 4, "kind": "unknown", "name": "", "wins": 2},
        ],
    )
    assert found(tmp_path) == [
        "firm.csv, row 3, column name: is said of a natural_person",
        "firm.csv, row 4, column wins: is said of a unknown",
    ]


def test_a_figure_row_of_another_kind_is_found(tmp_path: Path) -> None:
    write_rows(tmp_path / "x.csv", [{"body_kind": "natural_person", "level": 5}])
    assert found(tmp_path) == ["x.csv, row 1, column level: is said of a natural_person"]


def test_the_rejected_value_of_a_person_s_field_is_found(tmp_path: Path) -> None:
    rows = [
        {"path": "$.tender.value.amount", "value": "12,5 EUR"},
        {"path": "$.parties[0].contactPoint.telephone", "value": ""},
        {"path": "$.parties[0].contactPoint.telephone", "value": "+39 06 1"},
    ]
    write_rows(tmp_path / "rejected.csv", rows)
    assert found(tmp_path) == [
        "rejected.csv, row 3, column value: is the value of a field about a person"
    ]
    (tmp_path / "rejected.csv").unlink()
    (tmp_path / "rejected.json").write_text(json.dumps(rows))
    assert found(tmp_path) == ["rejected.json, $[2].value: is the value of a field about a person"]


def test_a_record_in_a_cell_is_looked_into(tmp_path: Path) -> None:
    leaking = RECORD | {"contracts": [{"signatories": ["M. Rossi"]}]}
    write_rows(
        tmp_path / "record.csv",
        [{"pid": 1, "json": json.dumps(RECORD)}, {"pid": 2, "json": json.dumps(leaking)}],
    )
    assert found(tmp_path) == [
        "record.csv, row 2, column json $.contracts[0].signatories: is about a person"
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="mailto:m@example.org">write</a>', "href=mailto:m@example.org: is an address"),
        ('<a href=" TEL:+39061">call</a>', "is an address"),
        ('<span itemprop="email">x</span>', "itemprop=email: is about a person"),
        ("<dl><dt>contactPoint</dt><dd>M. Rossi</dd></dl>", "<dt> contactPoint: is a label"),
        ("<table><tr><th>Judge</th></tr></table>", "<th> Judge: is a label"),
        (
            '<tr data-kind="natural_person" data-level="5"></tr>',
            "<tr>.level: is said of a natural_person",
        ),
        ('<script type="application/ld+json">{"a": {"email": "m"}}</script>', "<script> $.a.email"),
        (
            "<pre>" + html.escape('{"kind": "person", "name": "M"}') + "</pre>",
            "<pre> $.name: is said of a person",
        ),
        (
            '<pre>{<span class="k">"contactPoint"</span>: {"name": "M"}</pre>',
            'text "contactPoint": is a key',
        ),
    ],
)
def test_a_page_with_something_about_a_person_is_found(
    tmp_path: Path, body: str, said: str
) -> None:
    (tmp_path / "x.html").write_text(page(f"<p>first</p>\n{body}"))
    assert any(said in one for one in found(tmp_path)), found(tmp_path)


def test_the_project_s_own_address_may_be_linked_to(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text(page('<a href="mailto:desk@example.org">report an error</a>'))
    assert len(found(tmp_path)) == 1
    refuse_leaks(tmp_path, own_contacts=frozenset({"mailto:desk@example.org"}))


def test_fonts_and_styles_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.css").write_text('a[href^="mailto:"] { color: blue }')
    assert found(tmp_path) == []


@given(
    st.sampled_from(sorted(PERSON_WORDS)),
    st.sampled_from(["{}", "{}s", "the_{}", "{}Code", "_{}_"]),
)
def test_the_fast_look_misses_nothing_that_the_rules_would_find(word: str, form: str) -> None:
    for key in (form.format(word), form.format(word).upper(), form.format(word.replace("_", ""))):
        if is_person_like(key):
            assert _suspects([json.dumps({key: 1}).encode()], _SUSPECT_JSON) == [0], key
