"""A Chinese yearly report in a row: counts, grounds, disputes. The bodies are invented."""

import csv
import io
from pathlib import Path

from tests.sources.ledgers.published import faults, published, rows
from troth.sources.ledgers.cn_foi import CN_FOI_ANNUAL, GROUNDS

GIVEN = {
    "机关": "示例市人民政府",
    "年度": "2023",
    "本年新收": "10",
    "上年结转": "2",
    "予以公开": "4",
    "部分公开": "1",
    "总计": "11",
    "结转下年度继续办理": "1",
    "不予公开-属于国家秘密": "2",
    "行政复议-结果维持": "1",
    "行政诉讼-未经复议直接起诉-结果纠正": "1",
    "行政诉讼-复议后起诉-结果纠正": "2",
}


def lines(*reports: dict[str, str]) -> str:
    into = io.StringIO()
    names = [*CN_FOI_ANNUAL.needed, *CN_FOI_ANNUAL.optional]
    writer = csv.DictWriter(into, names, restval="0", lineterminator="\n")
    writer.writeheader()
    writer.writerows(reports)
    return into.getvalue()


def test_a_report_becomes_its_counts_grounds_and_disputes(tmp_path: Path) -> None:
    found = published(tmp_path, lines({**GIVEN, "统一社会信用代码": ""}))
    names = ("body_id", "year", "new", "carried_in", "granted", "refused", "total", "carried_out")
    assert rows(found, "foi_annual", *names) == [
        ("name:CN:示例市人民政府", 2023, 10, 2, 4, 2, 11, 1)
    ]
    reasons = rows(found, "foi_annual_reason", "outcome", "reason", "requests")
    assert reasons[0] == ("refused", "属于国家秘密", 2)
    assert len(reasons) == sum(len(grounds) for _, grounds in GROUNDS.values())
    disputes = rows(found, "foi_annual_dispute", "route", "result", "disputes")
    assert ("review", "upheld", 1) in disputes
    assert ("litigation", "corrected", 3) in disputes
    assert len(disputes) == 8
    assert faults(found) == []


def test_a_ground_that_is_not_given_leaves_the_sum_unknown(tmp_path: Path) -> None:
    code = "11310000000000000X"
    found = published(
        tmp_path,
        lines({**GIVEN, "统一社会信用代码": code, "不予公开-属于行政查询事项": "", "总计": "约11"}),
    )
    names = ("body_id", "refused", "unable", "total")
    assert rows(found, "foi_annual", *names) == [(f"CN-USCC-{code}", None, 0, None)]
    assert faults(found) == [("E065", 2, "总计", "约11")]
