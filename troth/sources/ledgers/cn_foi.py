"""China: the statutory table of a body's yearly report on open government information, in a row.

Tables 3 and 4 of the report as State Council General Office 2021 no. 30 lays them out: each line of
the table is a column here, under its words, and holds the total over all who asked. Reports are web
pages; whoever copies one gives each line its column. A line that is left out is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Entries, Format, Translated, renamed, stacked

#: A body without its unified social credit code is only named.
BODY_CODE, BODY_NAME = "CN-USCC-", "name:CN:"

_COUNTS = {
    "new": "本年新收",
    "carried_in": "上年结转",
    "granted": "予以公开",
    "partial": "部分公开",
    "total": "总计",
    "carried_out": "结转下年度继续办理",
}

#: The grounds of each outcome, as the table words them.
GROUNDS = {
    "refused": (
        "不予公开",
        (
            "属于国家秘密",
            "其他法律行政法规禁止公开",
            "危及“三安全一稳定”",
            "保护第三方合法权益",
            "属于三类内部事务信息",
            "属于四类过程性信息",
            "属于行政执法案卷",
            "属于行政查询事项",
        ),
    ),
    "unable": (
        "无法提供",
        (
            "本机关不掌握相关政府信息",
            "没有现成信息需要另行制作",
            "补正后申请内容仍不明确",
        ),
    ),
    "not_processed": (
        "不予处理",
        (
            "信访举报投诉类申请",
            "重复申请",
            "要求提供公开出版物",
            "无正当理由大量反复申请",
            "要求行政机关确认或重新出具已获取信息",
        ),
    ),
    "other": (
        "其他处理",
        (
            "申请人无正当理由逾期不补正",
            "申请人逾期未按收费通知要求缴纳费用",
            "其他",
        ),
    ),
}

_ROUTES = {
    "review": ("行政复议",),
    "litigation": ("行政诉讼-未经复议直接起诉", "行政诉讼-复议后起诉"),
}
_RESULTS = {
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other": "其他结果",
    "pending": "尚未审结",
}


def _ground_columns(outcome: str) -> list[str]:
    name, grounds = GROUNDS[outcome]
    return [f"{name}-{ground}" for ground in grounds]


def _sum(cells: Cells, names: Sequence[str]) -> pa.Array:
    """The sum of some columns; null where one of them is empty or no whole number."""
    rows = zip(*(cells[name].to_pylist() for name in names), strict=True)
    return pa.array([_added(row) for row in rows], pa.string())


def _added(texts: Sequence[str | None]) -> str | None:
    whole = [text for text in texts if text is not None and text.isascii() and text.isdigit()]
    return str(sum(map(int, whole))) if len(whole) == len(texts) else None


def _read(cells: Cells) -> Translated:
    code = written.after(BODY_CODE, cells["统一社会信用代码"])
    same = {
        "body_id": pc.coalesce(code, written.after(BODY_NAME, cells["机关"])),
        "body_name": cells["机关"],
        "year": cells["年度"],
    }
    annual = renamed(
        "foi_annual",
        cells,
        {**_COUNTS, "year": "年度", "body_id": "机关"},
        **same,
        **{outcome: _sum(cells, _ground_columns(outcome)) for outcome in GROUNDS},
    )
    reasons = [
        _filled(
            "foi_annual_reason",
            cells,
            {**same, "outcome": cells.always(outcome), "reason": cells.always(ground)},
            ("requests", cells[f"{name}-{ground}"], f"{name}-{ground}"),
        )
        for outcome, (name, grounds) in GROUNDS.items()
        for ground in grounds
    ]
    disputes = [
        _filled(
            "foi_annual_dispute",
            cells,
            {**same, "route": cells.always(route), "result": cells.always(result)},
            ("disputes", _sum(cells, [f"{name}-{word}" for name in names]), f"{names[0]}-{word}"),
        )
        for route, names in _ROUTES.items()
        for result, word in _RESULTS.items()
    ]
    return Translated(
        (annual, stacked("foi_annual_reason", reasons), stacked("foi_annual_dispute", disputes))
    )


def _filled(
    table: str, cells: Cells, columns: dict[str, pa.Array], count: tuple[str, pa.Array, str]
) -> Entries:
    """The entries of the rows in which a count stands."""
    name, values, called = count
    there = pc.is_valid(values)
    chosen = {one: column.filter(there) for one, column in {**columns, name: values}.items()}
    return Entries(table, chosen, cells.lines.filter(there), {name: called})


CN_FOI_ANNUAL = Format(
    name="cn_foi_annual",
    meaning="A body's yearly report on requests for government information: received, carried over,"
    " how they ended and on which ground, and what became of reviews and lawsuits. Refused, not to be"
    " had, not processed and otherwise ended are the sums of their grounds, where all are given.",
    source="Chinese administrative bodies by State Council General Office 2021 no. 30, tables 3 and 4,"
    " copied one report a row; lines are columns under their words, grounds and results behind what"
    " they belong to (不予公开-属于国家秘密, 行政复议-结果维持). A body is `CN-USCC-` and its unified social"
    " credit code, else `name:CN:` and its name",
    fills=("foi_annual", "foi_annual_reason", "foi_annual_dispute"),
    needed=("机关", "年度", *_COUNTS.values()),
    optional=(
        "统一社会信用代码",
        *(column for outcome in GROUNDS for column in _ground_columns(outcome)),
        *(
            f"{name}-{word}"
            for names in _ROUTES.values()
            for name in names
            for word in _RESULTS.values()
        ),
    ),
    read=_read,
)
