"""Spreadsheets: cells as they are stored, one sheet, and nothing that could blow up."""

import zipfile
from pathlib import Path

import pytest

from troth.errors import InputError
from troth.sources.ledgers.sheets import rows

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
ONE = '<sheet name="Data" sheetId="1" r:id="rId1"/>'
SHARED = "<si><t>name</t></si><si><r><t>two </t></r><r><t>runs</t></r><rPh><t>x</t></rPh></si>"


def sheet(
    folder: Path, rows: str, sheets: str = ONE, shared: str = SHARED, before: str = ""
) -> Path:
    """A workbook of these parts."""
    path = folder / "book.xlsx"
    target = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "xl/workbook.xml", f"<workbook {MAIN} {RELATED}><sheets>{sheets}</sheets></workbook>"
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{target}">'
            '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/sharedStrings.xml", f"<sst {MAIN}>{shared}</sst>")
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f"{before}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
        )
    return path


def test_cells_stand_where_they_say_and_numbers_are_plain(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
        '<row r="3"><c r="B3"><v>1.5E-2</v></c><c r="AA3" t="b"><v>1</v></c></row>'
        '<row r="4"><c r="A4"><v>42369</v></c><c r="B4" t="inlineStr"><is><t>here</t></is></c></row>'
        '<row r="5"><c r="A5"/></row>',
    )
    found = list(rows(path))
    assert found[0] == (1, ["name", "", "two runs"])
    assert (found[1][0], found[1][1][1], found[1][1][26]) == (3, "0.015", "true")
    assert found[2] == (4, ["42369", "here"])
    assert len(found) == 3


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"rows": '<row r="1"><c r="A1" t="s"><v>9</v></c></row>'}, "no shared text 9"),
        ({"rows": '<row r="1"><c r="A2"><v>9</v></c></row>'}, "a cell stands at 'A2'"),
        ({"rows": '<row r="1"><c r="XFD1"><v>9</v></c></row>'}, "more than 1024 columns"),
        ({"rows": "<row"}, "not well-formed"),
        ({"rows": "", "sheets": ONE + ONE}, "one sheet is expected"),
        ({"rows": "", "before": '<!DOCTYPE a [<!ENTITY b "c">]>'}, "a document type"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, parts: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(rows(sheet(tmp_path, **parts)))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("name,amount\n")
    with pytest.raises(InputError, match="not a spreadsheet"):
        list(rows(path))
