"""Lists of mayors: days where there are days, years refused as days, and no name kept."""

from pathlib import Path

import pyarrow.compute as pc

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from tests.sources.ledgers.test_read import kept_promises
from troth.sources.ledgers.read import read

HEADER = "source_file,place,name,begin_raw,end_raw,begin_year,end_year,party\n"


def test_terms_with_days_and_without_in_the_ways_they_are_written(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + 'f,x-town,"<a href=""/wiki/D"">Jo Doe</a>","October 2, 1924","Dec. 4, 1961",1924,1961,\n'
        + "f,x-town,Al Roe (acting),4 December 1961,1962,1961,1962,\n"
        + 'f,x-town,May Coe,"January 9, 2010[4]",<i>Incumbent</i>,2010,,\n'
        + "f,alberta-mayors_in_alberta,Ed Moe,2010,Present,2010,,\n",
    )
    assert rows(found, "term", "body_id", "start_date", "end_date", "acting") == [
        ("name:world-mayors:x-town", "1924-10-02", "1961-12-04", None),
        ("name:world-mayors:x-town", "1961-12-04", None, True),
        ("name:world-mayors:x-town", "2010-01-09", None, None),
    ]
    assert faults(found) == [
        ("E064", 3, "end_raw", "1962"),
        ("E069", 5, "place", "alberta-mayors_in_alberta"),
    ]
    told = str([table.to_pylist() for table in found.tables.values()])
    for one in ("Doe", "Roe", "Coe", "Moe"):
        assert one not in told


def test_a_holder_who_stays_is_one_term_whatever_markup_stands_around(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + 'f,x-town,<i>Jo Doe</i>,"May 1, 1990","May 1, 1994",1990,1994,\n'
        + 'f,x-town,Jo Doe,"May 1, 1994","May 1, 1998",1994,1998,\n',
    )
    assert rows(found, "term", "start_date", "end_date") == [("1990-05-01", "1998-05-01")]


def test_the_lists_of_74_places_are_accounted_for() -> None:
    found = read([shared("data/officials/world_mayors_terms.csv")], b"secret")
    kept_promises(found)
    (account,) = found.input.to_pylist()
    assert (account["rows_in"], account["rows_kept"], account["rows_rejected"]) == (3070, 2620, 450)
    terms = found.tables["term"]
    # Six of the rows kept went into the term before them; most have years only.
    assert terms.num_rows == 2614
    assert terms.num_rows - terms["start_date"].null_count == 395
    assert len(found.bodies) == 71
    # One body holds no term that ends before it begins.
    backwards = pc.less(terms["end_date"], terms["start_date"])
    assert pc.sum(backwards).as_py() == 0
