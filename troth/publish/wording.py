# ruff: noqa: E501 - a sentence stands on one line, so that languages can be compared
"""The sentences readers see: templates with slots, filled with numbers, in every language we speak.

A page or a command never writes a sentence about a body itself; it asks here. A sentence says that
something *happened*, how often, out of how many, and how sure one can be: a reason to look, never
more. `forbidden_in` finds the words that would say more; tests run it over every template and page.
"""

from __future__ import annotations

import enum
import re
import string
from collections.abc import Mapping
from typing import Any

from troth.errors import UsageError

LANGUAGES = ("en", "ar", "zh")


class Grade(enum.Enum):
    """How far the evidence behind a figure carries. Shown as a word, never as a colour."""

    STRONG = "strong"
    MODERATE = "moderate"
    TOO_LITTLE = "too_little"


class Standing(enum.Enum):
    """Where a figure's interval lies, seen from the share of all bodies together."""

    ABOVE = "above"
    BELOW = "below"
    CANNOT_TELL = "cannot_tell"


class Absence(enum.Enum):
    """The three words for absence. None of them is a zero, and none is good news by itself."""

    NONE_FOUND = "none_found"
    NOT_MEASURABLE = "not_measurable"
    NOT_RUN = "not_run"


#: Strong: an interval of at most 12 points, so that 1 in 4 and 1 in 2 cannot be confused.
STRONG_CASES, STRONG_WIDTH = 100, 0.12

#: Moderate: an interval of at most 30 points still tells "seldom" from "mostly".
MODERATE_CASES, MODERATE_WIDTH = 20, 0.30


def grade(n: int, low: float | None, high: float | None) -> Grade:
    """The evidence grade from the number of cases and the width of the interval."""
    if low is None or high is None:
        return Grade.TOO_LITTLE
    width = high - low
    if n >= STRONG_CASES and width <= STRONG_WIDTH:
        return Grade.STRONG
    if n >= MODERATE_CASES and width <= MODERATE_WIDTH:
        return Grade.MODERATE
    return Grade.TOO_LITTLE


#: Of a figure that is no share: an interval of so much of the value, and no more (our own measure).
STRONG_RELATIVE, MODERATE_RELATIVE = 0.25, 0.75


def grade_of_figure(n: int, value: float | None, low: float | None, high: float | None) -> Grade:
    """The evidence grade of a figure that is no share, from the interval beside the value's size."""
    if value is None or low is None or high is None or value == 0:
        return Grade.TOO_LITTLE
    width = (high - low) / abs(value)
    if n >= STRONG_CASES and width <= STRONG_RELATIVE:
        return Grade.STRONG
    return Grade.MODERATE if width <= MODERATE_RELATIVE else Grade.TOO_LITTLE


def standing(low: float | None, high: float | None, pooled: float | None) -> Standing:
    """Whether the interval lies wholly above or wholly below the figure of all bodies."""
    if low is None or high is None or pooled is None:
        return Standing.CANNOT_TELL
    if low > pooled:
        return Standing.ABOVE
    if high < pooled:
        return Standing.BELOW
    return Standing.CANNOT_TELL


#: The bands of a level: from and to how many points. A level at a bound is in the upper band.
BANDS: Mapping[str, tuple[int, int]] = {
    "A": (80, 100), "B": (60, 80), "C": (40, 60), "D": (20, 40), "E": (0, 20),
}  # fmt: skip

#: "Lies in a band" wants nineteen of twenty draws there, "probably" four of five (the same measure
#: of sure enough as for grades and for two bodies, METHODS B.7); below that no band is claimed.
BAND_SURE, BAND_LIKELY = 0.95, 0.8


def band_key(probability: float) -> str:
    """Which sentence a band takes: no surer than the share of draws that lie in it."""
    if probability >= BAND_SURE:
        return "band_sure"
    return "band_likely" if probability >= BAND_LIKELY else "band_open"


def rank_key(low: int, high: int, of: int) -> str:
    """Which sentence a rank interval takes: one that holds every place tells nobody apart."""
    return "rank_untold" if low <= 1 and high >= of else "rank_interval"


def apart(first: tuple[float, float], second: tuple[float, float]) -> int:
    """1 when the first interval lies wholly above the second, -1 below, 0 when they overlap."""
    if first[0] > second[1]:
        return 1
    return -1 if first[1] < second[0] else 0


def group_slots(label: str) -> tuple[str, dict[str, str]]:
    """Which sentence names a peer group, from its label (`troth.score.peers`), and its slots."""
    kind, _, size = label.rpartition("/")
    if not kind:
        return ("group_everybody" if size == "all" else "group_unknown"), {}
    if size == "all":
        return "group_all", {"kind": kind}
    if size.endswith("+"):
        return "group_from", {"kind": kind, "low": count(int(size[:-1]))}
    low, high = size.split("-")
    return "group_between", {"kind": kind, "low": count(int(low)), "high": count(int(high))}


#: Shares are whole per cents in the middle and have one digit more near 0 and 100, where it matters.
FINE_BELOW, FINE_ABOVE = 0.1, 0.9


def percent(share: float) -> str:
    """A share in per cent, without the sign: "32", "4.6", "0", "under 0.1" becomes "<0.1"."""
    if share == 0:
        return "0"
    if share == 1:
        return "100"
    if share < 0.0005:
        return "<0.1"
    if share > 0.9995:
        return ">99.9"
    if FINE_BELOW <= share <= FINE_ABOVE:
        return f"{100 * share:.0f}"
    return f"{100 * share:.1f}"


#: What a figure counts in -> language -> how a number of it is written.
SCALES: Mapping[str, Mapping[str, str]] = {
    "percent": {"en": "{x} %", "ar": "{x} %", "zh": "{x} %"},
    "percentage points": {
        "en": "{x} percentage points",
        "ar": "{x} نقطة مئوية",
        "zh": "{x} 个百分点",
    },
    "days": {"en": "{x} days", "ar": "{x} يوم", "zh": "{x} 天"},
    "months": {"en": "{x} months", "ar": "{x} شهر", "zh": "{x} 个月"},
    "ratio": {"en": "{x}", "ar": "{x}", "zh": "{x}"},
    "per 10,000": {"en": "{x} per 10,000", "ar": "{x} لكل 10,000", "zh": "每万 {x}"},
    "basis points": {"en": "{x} basis points", "ar": "{x} نقطة أساس", "zh": "{x} 个基点"},
}

#: A number is written with two digits after the point below the first, one below the second.
_TWO_DIGITS, _ONE_DIGIT = 10.0, 100.0


def written(value: float, scale: str, language: str = "en") -> str:
    """A figure with what it counts in: "32 %", "45.5 days", "1.65"."""
    return with_unit(bare(value, scale), scale, language)


def with_unit(number: str, scale: str, language: str = "en") -> str:
    """A number that is written already, with what it counts in."""
    return SCALES[scale][language].format(x=number).replace(" %", "\u00a0%")


def bare(value: float, scale: str) -> str:
    """The same without what it counts in."""
    if scale == "percent" and 0 <= value <= 1:
        return percent(value)
    if value == 0:
        return "0"
    if scale in ("percent", "percentage points"):
        value *= 100
    size = abs(value)
    return f"{value:,.{2 if size < _TWO_DIGITS else 1 if size < _ONE_DIGIT else 0}f}"


def unit_of(scale: str, language: str = "en") -> str:
    """What a figure counts in, alone: "days", "%"; nothing of a ratio."""
    return SCALES[scale][language].format(x="").strip()


def beside(value: float) -> str:
    """A number that stands beside a figure, to four digits: "0.4375", "12.5", "12,346"."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.4g}"


#: A number of so many is written without digits after the point.
_WHOLE_FROM = 1000.0


def count(number: int) -> str:
    """A whole number with a comma between thousands."""
    return f"{number:,}"


def points(micropoints: int) -> str:
    """Millionths of a point as points, every digit shown, so that a reader can add them up."""
    return f"{micropoints // 1_000_000}.{micropoints % 1_000_000:06d}"


def number(value: float) -> str:
    """A number as short as it is exact to ten digits: "1", "0.5", "12,345.678"."""
    return f"{value:,.10g}"


def withheld_key(recipe: Mapping[str, Any], share: float) -> tuple[str, dict[str, object]]:
    """The sentence for a level that is withheld under this recipe, and its slots. `share` of the
    recipe's weight was measured."""
    slots: dict[str, object] = {
        "share": percent(share), "minimum": percent(recipe["minimum_weight"])
    }  # fmt: skip
    pillars, essential = recipe.get("pillars", {}), recipe.get("essential", ())
    if len(pillars) < 2 or not essential:
        return "level_withheld", slots
    needed = {"pillars": recipe["minimum_pillars"], "of": len(pillars)}
    return "level_withheld_pillars", slots | needed | {"essential": "/".join(essential)}


def in_unit(value: float, unit: str) -> str:
    """A figure in the unit of its goalposts: "30 %", "45.5 days". Shares are parts of 1."""
    if unit == "share":
        return f"{percent(value)} %"
    if unit == "percentage points":
        value *= 100
    size = abs(value)
    return f"{value:,.{2 if size < 10 else 1 if size < 100 else 0}f} {unit}"


def one_digit(value: float) -> str:
    """Points as pages show them: with one digit."""
    return f"{value:.1f}"


def amount(value: float, currency: str | None) -> str:
    """A sum of money with its currency where the record gives one."""
    written = f"{value:,.2f}".removesuffix(".00")
    return f"{written} {currency}" if currency else written


def cases_of(unit: str, ledger: str | None = None) -> str:
    """What is counted: an indicator's unit without its leading "share of".

    Of a figure that is no share, the entries of its `ledger`: its unit says what they come to.
    """
    if ledger is not None:
        return f"entries of {ledger}"
    return unit.removeprefix("share of ").strip() or "cases"


def visible(text: str) -> str:
    """The text with characters that hide or reorder its neighbours spelled out, as in \\u202e."""
    return _HIDING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


#: Controls other than tab and line ends, marks and overrides of direction, zero-width characters.
_HIDING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


#: key -> language -> template. Every key has every language, and the same slots in each.
SENTENCES: Mapping[str, Mapping[str, str]] = {
    "figure": {
        "en": "{hits} of {n} {cases} ({share} %, 90 % interval {low} to {high} %)",
        "ar": "{hits} من أصل {n} – {cases} ({share} %، فترة 90 %: من {low} إلى {high} %)",
        "zh": "{n} 例中有 {hits} 例（{cases}；{share} %，90 % 区间 {low} 至 {high} %）",
    },
    "figure_none": {
        "en": "none found in {n} {cases} (90 % interval 0 to {high} %)",
        "ar": "لم يُعثر على أي حالة من أصل {n} – {cases} (فترة 90 %: من 0 إلى {high} %)",
        "zh": "{n} 例中未发现（{cases}；90 % 区间 0 至 {high} %）",
    },
    "figure_chart": {
        "en": "{title}: {value}, 90 % interval {low} to {high}; all bodies together {pooled}",
        "ar": "{title}: {value}، فترة 90 %: من {low} إلى {high}؛ جميع الجهات معًا {pooled}",
        "zh": "{title}：{value}，90 % 区间 {low} 至 {high}；所有机构合计 {pooled}",
    },
    "pooled": {
        "en": "all bodies together: {value}",
        "ar": "جميع الجهات معًا: {value}",
        "zh": "所有机构合计：{value}",
    },
    "pooled_long": {
        "en": "All bodies together: {hits} of {n} ({share} %).",
        "ar": "جميع الجهات معًا: {hits} من أصل {n} ({share} %).",
        "zh": "所有机构合计：{n} 例中 {hits} 例（{share} %）。",
    },
    "figure_value": {
        "en": "{value} (90 % interval {low} to {high}) over {n} {cases}",
        "ar": "{value} (فترة 90 %: من {low} إلى {high}) على {n} – {cases}",
        "zh": "{value}（90 % 区间 {low} 至 {high}；{n} 例：{cases}）",
    },
    "figure_value_open": {
        "en": "{value} (90 % interval from {low}; its upper end is not reached yet) over {n} {cases}",
        "ar": "{value} (فترة 90 %: من {low}؛ ولم يُبلغ طرفها الأعلى بعد) على {n} – {cases}",
        "zh": "{value}（90 % 区间自 {low} 起，上限尚未达到；{n} 例：{cases}）",
    },
    "figure_chart_alone": {
        "en": "{title}: {value}",
        "ar": "{title}: {value}",
        "zh": "{title}：{value}",
    },
    "figure_chart_middle": {
        "en": "{title}: {value}, 90 % interval {low} to {high}; the middle of all bodies {pooled}",
        "ar": "{title}: {value}، فترة 90 %: من {low} إلى {high}؛ وسيط جميع الجهات {pooled}",
        "zh": "{title}：{value}，90 % 区间 {low} 至 {high}；所有机构的中位数 {pooled}",
    },
    "figure_chart_peers_middle": {
        "en": "{title}: {value}, 90 % interval {low} to {high}; the middle of its peers {pooled}",
        "ar": "{title}: {value}، فترة 90 %: من {low} إلى {high}؛ وسيط نظرائها {pooled}",
        "zh": "{title}：{value}，90 % 区间 {low} 至 {high}；同类的中位数 {pooled}",
    },
    "sure_alone": {
        "en": "too little: {n} cases that allow no closed interval",
        "ar": "غير كافية: {n} حالة لا تتيح فترة مغلقة",
        "zh": "过少：{n} 例，无法给出完整区间",
    },
    "estimate_of_figure": {
        "en": "Estimate {estimate} (90 % interval {low} to {high}): its own {raw} over {n} cases, drawn towards {prior} of its peers; its own cases carry {reliability} % of the weight",
        "ar": "التقدير {estimate} (فترة 90 %: من {low} إلى {high}): رقمها {raw} على {n} حالة، مقرّبًا من {prior} لدى نظرائها؛ وتحمل حالاتها {reliability} % من الوزن",
        "zh": "估计值 {estimate}（90 % 区间 {low} 至 {high}）：自身 {n} 例为 {raw}，向同类的 {prior} 靠拢；自身案例占权重的 {reliability} %",
    },
    "window": {
        "en": "Looks at the {months} months before the day of this release.",
        "ar": "ينظر في الأشهر {months} السابقة ليوم هذا الإصدار.",
        "zh": "考察本次发布日之前的 {months} 个月。",
    },
    "window_none": {
        "en": "Looks at everything that the data hold.",
        "ar": "ينظر في كل ما تتضمنه البيانات.",
        "zh": "考察数据所含的全部内容。",
    },
    "entries_shown": {
        "en": "{shown} of the {held} entries behind this figure that this release holds; the others are in its table of entries.",
        "ar": "{shown} من أصل {held} قيدًا وراء هذا الرقم يحفظها هذا الإصدار؛ والبقية في جدول القيود.",
        "zh": "显示本次发布所存该数值背后 {held} 条记录中的 {shown} 条；其余在条目表中。",
    },
    "pillar_lede": {
        "en": "{measured} of {indicators} could be measured.",
        "ar": "أمكن قياس {measured} من أصل {indicators}.",
        "zh": "{indicators} 项中可衡量 {measured} 项。",
    },
    "figure_value_alone": {
        "en": "{value} over {n} {cases}; these cases allow no interval",
        "ar": "{value} على {n} – {cases}؛ لا تتيح هذه الحالات فترة",
        "zh": "{value}（{n} 例：{cases}；这些案例无法给出区间）",
    },
    "above_middle": {
        "en": "differs from the middle of all bodies beyond chance: above {pooled}",
        "ar": "يختلف عن وسيط جميع الجهات بما يتجاوز الصدفة: أعلى من {pooled}",
        "zh": "与所有机构的中位数之差超出偶然范围：高于 {pooled}",
    },
    "below_middle": {
        "en": "differs from the middle of all bodies beyond chance: below {pooled}",
        "ar": "يختلف عن وسيط جميع الجهات بما يتجاوز الصدفة: أدنى من {pooled}",
        "zh": "与所有机构的中位数之差超出偶然范围：低于 {pooled}",
    },
    "cannot_tell_middle": {
        "en": "cannot be told apart from the middle of all bodies ({pooled})",
        "ar": "لا يمكن تمييزه عن وسيط جميع الجهات ({pooled})",
        "zh": "无法与所有机构的中位数（{pooled}）区分开",
    },
    "middle": {
        "en": "the middle of all bodies: {value}",
        "ar": "وسيط جميع الجهات: {value}",
        "zh": "所有机构的中位数：{value}",
    },
    "why_withheld": {
        "en": "Withheld: {reason}. Shown as a gap, never as a good or bad value.",
        "ar": "محجوب: {reason}. تُعرض كفجوة، لا كقيمة جيدة أو سيئة.",
        "zh": "不予公布：{reason}。显示为空缺，不作为好或坏的数值。",
    },
    "unknown_cases": {
        "en": "{unknown} more could not be judged",
        "ar": "تعذّر الحكم على {unknown} حالة أخرى",
        "zh": "另有 {unknown} 例无法判断",
    },
    "above": {
        "en": "differs from all bodies together beyond chance: above {pooled}",
        "ar": "يختلف عن جميع الجهات معًا بما يتجاوز الصدفة: أعلى من {pooled}",
        "zh": "与所有机构合计之差超出偶然范围：高于 {pooled}",
    },
    "below": {
        "en": "differs from all bodies together beyond chance: below {pooled}",
        "ar": "يختلف عن جميع الجهات معًا بما يتجاوز الصدفة: أدنى من {pooled}",
        "zh": "与所有机构合计之差超出偶然范围：低于 {pooled}",
    },
    "cannot_tell": {
        "en": "cannot be told apart from all bodies together ({pooled})",
        "ar": "لا يمكن تمييزه عن جميع الجهات معًا ({pooled})",
        "zh": "无法与所有机构合计（{pooled}）区分开",
    },
    "reason_to_look": {"en": "reason to look", "ar": "سبب للنظر", "zh": "值得查看"},
    "evidence_strong": {"en": "evidence strong", "ar": "الأدلة قوية", "zh": "证据充分"},
    "evidence_moderate": {"en": "evidence moderate", "ar": "الأدلة متوسطة", "zh": "证据中等"},
    "evidence_too_little": {
        "en": "evidence too little",
        "ar": "الأدلة غير كافية",
        "zh": "证据过少",
    },
    "sure_strong": {
        "en": "strong: {n} cases, interval {low} to {high}",
        "ar": "قوية: {n} حالة، الفترة من {low} إلى {high}",
        "zh": "充分：{n} 例，区间 {low} 至 {high}",
    },
    "sure_moderate": {
        "en": "moderate: {n} cases, interval {low} to {high}",
        "ar": "متوسطة: {n} حالة، الفترة من {low} إلى {high}",
        "zh": "中等：{n} 例，区间 {low} 至 {high}",
    },
    "sure_too_little": {
        "en": "too little: {n} cases, interval {low} to {high}",
        "ar": "غير كافية: {n} حالة، الفترة من {low} إلى {high}",
        "zh": "过少：{n} 例，区间 {low} 至 {high}",
    },
    "none_found": {"en": "none found", "ar": "لم يُعثر على شيء", "zh": "未发现"},
    "not_measurable": {"en": "not measurable", "ar": "غير قابل للقياس", "zh": "无法衡量"},
    "not_run": {"en": "not run", "ar": "لم يُشغَّل", "zh": "未运行"},
    "why_too_few_cases": {
        "en": "Cases that could be judged: {n}; at least {minimum} are needed. Shown as a gap, never as a good or bad value.",
        "ar": "الحالات التي أمكن الحكم عليها: {n}؛ والحد الأدنى {minimum}. تُعرض كفجوة، لا كقيمة جيدة أو سيئة.",
        "zh": "可判断的案例：{n}；至少需要 {minimum}。显示为空缺，不作为好或坏的数值。",
    },
    "why_not_measurable": {
        "en": "Of {cases} cases, none could be judged: a field that the rule needs is missing. Shown as a gap, never as a good or bad value.",
        "ar": "من أصل {cases} حالة لم يمكن الحكم على أي منها: ينقص حقل تحتاج إليه القاعدة. تُعرض كفجوة، لا كقيمة جيدة أو سيئة.",
        "zh": "{cases} 个案例均无法判断：缺少规则所需的字段。显示为空缺，不作为好或坏的数值。",
    },
    "why_not_applicable": {
        "en": "The rule concerns none of its {cases} cases.",
        "ar": "لا تنطبق القاعدة على أي من الحالات وعددها {cases}.",
        "zh": "规则不涉及其 {cases} 个案例中的任何一个。",
    },
    "why_no_case": {
        "en": "The records read hold no case of this body that the rule could look at.",
        "ar": "لا تتضمن السجلات المقروءة أي حالة لهذه الجهة يمكن للقاعدة أن تنظر فيها.",
        "zh": "所读记录中没有该机构可供规则查看的案例。",
    },
    "why_not_run": {
        "en": "This indicator was not run when this release was made.",
        "ar": "لم يُشغَّل هذا المؤشر عند إنشاء هذا الإصدار.",
        "zh": "制作本次发布时未运行该指标。",
    },
    "body_lede": {
        "en": "{measured} of {indicators} indicators could be measured. Against all bodies together, beyond chance: {above} above, {below} below; {untold} cannot be told apart.",
        "ar": "أمكن قياس {measured} من أصل {indicators} مؤشرًا. وبما يتجاوز الصدفة: {above} فوق جميع الجهات معًا، و{below} دونها، و{untold} لا يمكن تمييزها.",
        "zh": "{indicators} 项指标中可衡量 {measured} 项。超出偶然范围：{above} 项高于、{below} 项低于所有机构合计；{untold} 项无法区分。",
    },
    "home_told": {
        "en": "Of {bodies} bodies: {told} with such a figure and evidence strong or moderate; {untold} that cannot be told apart on any indicator; {too_little} with too little data.",
        "ar": "من أصل {bodies} جهة: {told} لديها رقم كهذا بأدلة قوية أو متوسطة؛ و{untold} لا يمكن تمييزها في أي مؤشر؛ و{too_little} بياناتها غير كافية.",
        "zh": "{bodies} 个机构中：{told} 个有这样的数值且证据充分或中等；{untold} 个在任何指标上都无法区分；{too_little} 个数据过少。",
    },
    "chance_note": {
        "en": "By chance alone about one figure in twenty would lie above in this way, so a single one says little.",
        "ar": "بالصدفة وحدها يقع نحو رقم واحد من كل عشرين فوق هذا الحد، لذا فإن رقمًا واحدًا لا يقول الكثير.",
        "zh": "仅凭偶然，每二十个数值中也约有一个会如此偏高，因此单个数值说明不了多少。",
    },
    "more_figures": {
        "en": "further such figures of this body: {more}",
        "ar": "وأرقام أخرى لهذه الجهة: {more}",
        "zh": "该机构另有 {more} 个数值",
    },
    "funnel_title": {
        "en": "{title}: {outside} of {bodies} bodies differ by more than chance and the usual differences between bodies",
        "ar": "{title}: {outside} من أصل {bodies} جهة تختلف بأكثر من الصدفة والفروق المعتادة بين الجهات",
        "zh": "{title}：{bodies} 个机构中有 {outside} 个的差异超出偶然和机构间的通常差异",
    },
    "funnel_reading": {
        "en": "Inside the darker band (95 %) a body cannot be told apart from all bodies together; the lighter band holds 99.8 %. Both are widened by how much bodies differ anyway (Spiegelhalter 2005). A diamond lies outside: a reason to look.",
        "ar": "داخل النطاق الأغمق (95 %) لا يمكن تمييز الجهة عن جميع الجهات معًا؛ والنطاق الأفتح يضم 99.8 %. وقد وُسِّع كلاهما بقدر ما تختلف الجهات أصلًا (Spiegelhalter 2005). والمعيّن يقع خارجهما: سبب للنظر.",
        "zh": "在较深的区间（95 %）内，机构无法与所有机构合计区分；较浅的区间覆盖 99.8 %。两者均按机构间固有差异加宽（Spiegelhalter 2005）。菱形在区间之外：值得查看。",
    },
    "years_title": {
        "en": "{title} by year: {first} in {first_year}, {last} in {last_year}",
        "ar": "{title} بحسب السنة: {first} في {first_year}، و{last} في {last_year}",
        "zh": "{title}（按年）：{first_year} 年 {first}，{last_year} 年 {last}",
    },
    "years_title_one": {
        "en": "{title} by year: {first} in {first_year}",
        "ar": "{title} بحسب السنة: {first} في {first_year}",
        "zh": "{title}（按年）：{first_year} 年 {first}",
    },
    "series_title": {
        "en": "{series} figures from {first_year} to {last_year}, each year with its 90 % interval",
        "ar": "أرقام عددها {series} من {first_year} إلى {last_year}، لكل منها فترة 90 %",
        "zh": "{first_year} 至 {last_year} 年的 {series} 项数值，各附 90 % 区间",
    },
    "partial_year": {
        "en": "{year} is not over in this data (hatched): it is not compared with other years.",
        "ar": "سنة {year} غير مكتملة في هذه البيانات (مظللة): لا تُقارن بالسنوات الأخرى.",
        "zh": "{year} 年的数据尚不完整（阴影部分）：不与其他年份比较。",
    },
    "level_withheld_pillars": {
        "en": "withheld: {share} % of the recipe's weight could be measured; needed are {pillars} pillars of {of} with {minimum} % of the weight of each, {essential} among them",
        "ar": "محجوب: أمكن قياس {share} % من وزن الوصفة؛ والمطلوب {pillars} ركائز من {of} بنسبة {minimum} % من وزن كل منها، وبينها {essential}",
        "zh": "不予公布：配方权重中可衡量的占 {share} %；须有 {of} 个支柱中的 {pillars} 个，各达其权重的 {minimum} %，其中须有 {essential}",
    },
    "level_withheld": {
        "en": "withheld: {share} % of the recipe's weight could be measured, at least {minimum} % is needed",
        "ar": "محجوب: أمكن قياس {share} % من وزن الوصفة، والحد الأدنى {minimum} %",
        "zh": "不予公布：配方权重仅 {share} % 可衡量，至少需要 {minimum} %",
    },
    "level_range": {
        "en": "{level} of 100 points (90 % interval {low} to {high}); {share} % of the recipe's weight could be measured",
        "ar": "{level} من 100 نقطة (فترة 90 %: من {low} إلى {high})؛ أمكن قياس {share} % من وزن الوصفة",
        "zh": "100 分中的 {level} 分（90 % 区间 {low} 至 {high}）；配方权重的 {share} % 可衡量",
    },
    "band_sure": {
        "en": "Band {band} ({from_points} to {to_points} points): {probability} % of the draws lie in it",
        "ar": "النطاق {band} (من {from_points} إلى {to_points} نقطة): يقع فيه {probability} % من السحوبات",
        "zh": "{band} 档（{from_points} 至 {to_points} 分）：{probability} % 的抽样落在其中",
    },
    "band_likely": {
        "en": "Probably band {band} ({from_points} to {to_points} points): {probability} % of the draws lie in it",
        "ar": "على الأرجح النطاق {band} (من {from_points} إلى {to_points} نقطة): يقع فيه {probability} % من السحوبات",
        "zh": "很可能为 {band} 档（{from_points} 至 {to_points} 分）：{probability} % 的抽样落在其中",
    },
    "band_open": {
        "en": "Cannot be placed in one band: {band} ({from_points} to {to_points} points) holds {probability} % of the draws",
        "ar": "لا يمكن وضعه في نطاق واحد: النطاق {band} (من {from_points} إلى {to_points} نقطة) يضم {probability} % من السحوبات",
        "zh": "无法归入单一档次：{band} 档（{from_points} 至 {to_points} 分）包含 {probability} % 的抽样",
    },
    "bounds": {
        "en": "What is missing could move it: {lowest} points if each missing figure counted as 0, {highest} if as in the top tenth of its peers",
        "ar": "قد يغيّره ما هو ناقص: {lowest} نقطة إذا احتُسب كل رقم ناقص صفرًا، و{highest} إذا احتُسب كما في العُشر الأعلى من نظرائه",
        "zh": "缺失数据可能改变结果：若每项缺失均计 0，为 {lowest} 分；若按同类前十分之一计，为 {highest} 分",
    },
    "bounds_two_bands": {
        "en": "What is missing leaves two bands open, {band} and {other}: {lowest} points if each missing figure counted as 0, {highest} if as in the top tenth of its peers",
        "ar": "ما هو ناقص يترك نطاقين ممكنين، {band} و{other}: {lowest} نقطة إذا احتُسب كل رقم ناقص صفرًا، و{highest} إذا احتُسب كما في العُشر الأعلى من نظرائه",
        "zh": "缺失数据使 {band} 与 {other} 两档都有可能：若每项缺失均计 0，为 {lowest} 分；若按同类前十分之一计，为 {highest} 分",
    },
    "rank_interval": {
        "en": "Rank {low} to {high} of {of} (90 % interval, median {middle})",
        "ar": "الرتبة من {low} إلى {high} من أصل {of} (فترة 90 %، الوسيط {middle})",
        "zh": "排名 {low} 至 {high}，共 {of} 个（90 % 区间，中位数 {middle}）",
    },
    "rank_untold": {
        "en": "Cannot be told apart from the others by rank: the 90 % interval goes from {low} to {high} of {of}",
        "ar": "لا يمكن تمييزها عن غيرها بالرتبة: فترة 90 % من {low} إلى {high} من أصل {of}",
        "zh": "无法按排名与其他机构区分：90 % 区间为 {low} 至 {high}，共 {of} 个",
    },
    "rank_bands_only": {
        "en": "No ranks are given, only bands: for more than half of the bodies the 90 % interval of the rank is wider than a third of all places",
        "ar": "لا تُعطى رتب بل نطاقات فقط: لدى أكثر من نصف الجهات تكون فترة 90 % للرتبة أوسع من ثلث المراتب كلها",
        "zh": "不给出排名，只给出档次：半数以上机构的 90 % 排名区间宽于全部名次的三分之一",
    },
    "rank_not_ranked": {
        "en": "Not ranked: its own cases say too little about it",
        "ar": "غير مرتبة: حالاتها لا تقول عنها ما يكفي",
        "zh": "未排名：其自身案例提供的信息过少",
    },
    "ranks_title": {
        "en": "Of {bodies} bodies here, {told} have a rank interval wholly in one half of all {of}; {untold} cannot be told from the middle",
        "ar": "من أصل {bodies} جهة هنا، {told} تقع فترة رتبتها كلها في نصف واحد من مجموع {of}؛ و{untold} لا يمكن تمييزها عن الوسط",
        "zh": "此处 {bodies} 个机构中，{told} 个的排名区间完全落在全部 {of} 个的一半之内；{untold} 个无法与中间区分",
    },
    "ranks_near_title": {
        "en": "{name}: rank {low} to {high} of {of}; of the {others} nearest, {overlapping} have an interval that overlaps",
        "ar": "{name}: الرتبة من {low} إلى {high} من أصل {of}؛ ومن أقرب {others} إليها تتداخل فترات {overlapping}",
        "zh": "{name}：排名 {low} 至 {high}，共 {of} 个；最接近的 {others} 个中有 {overlapping} 个区间与之重叠",
    },
    "levels_title": {
        "en": "Of {bodies} levels here, {within} have a 90 % interval inside one band; {across} reach into another",
        "ar": "من أصل {bodies} مستوى هنا، {within} تقع فترة 90 % لها داخل نطاق واحد؛ و{across} تمتد إلى نطاق آخر",
        "zh": "此处 {bodies} 个水平中，{within} 个的 90 % 区间在同一档内；{across} 个延伸到另一档",
    },
    "estimate": {
        "en": "Estimate {estimate} % (90 % interval {low} to {high} %): {hits} of {n} cases ({raw} %), drawn towards the {prior} % of its peers; its own cases carry {reliability} % of the weight",
        "ar": "التقدير {estimate} % (فترة 90 %: من {low} إلى {high} %): {hits} من أصل {n} حالة ({raw} %)، مقرّبًا من {prior} % لدى نظرائها؛ وتحمل حالاتها {reliability} % من الوزن",
        "zh": "估计值 {estimate} %（90 % 区间 {low} 至 {high} %）：{n} 例中 {hits} 例（{raw} %），向同类的 {prior} % 靠拢；自身案例占权重的 {reliability} %",
    },
    "use_ranked": {
        "en": "sure enough to enter ranks",
        "ar": "مؤكد بما يكفي للدخول في الرتب",
        "zh": "足够可靠，可进入排名",
    },
    "use_shown": {
        "en": "shown, but not sure enough to enter ranks",
        "ar": "معروض، لكنه غير مؤكد بما يكفي للدخول في الرتب",
        "zh": "予以显示，但不够可靠，不进入排名",
    },
    "use_pooled": {
        "en": "too few cases of its own: the value of its peers stands for it",
        "ar": "لا تكفي حالاتها: تحل محلها قيمة نظرائها",
        "zh": "自身案例过少：以同类的数值代替",
    },
    "use_kept": {
        "en": "fell silent: published last in release {release}; it counts with that, or with the peers' median where that is lower",
        "ar": "صمتت الجهة: نُشر آخر مرة في الإصدار {release}؛ يُحتسب بتلك القيمة أو بوسيط النظراء إن كان أدنى",
        "zh": "已停止公布：最后公布于发布 {release}；以该值计，同类中位数更低时以中位数计",
    },
    "figure_chart_peers": {
        "en": "{title}: {value}, 90 % interval {low} to {high}; its peers together {pooled}",
        "ar": "{title}: {value}، فترة 90 %: من {low} إلى {high}؛ نظراؤها معًا {pooled}",
        "zh": "{title}：{value}，90 % 区间 {low} 至 {high}；同类合计 {pooled}",
    },
    "waterfall_peers": {
        "en": "From the {reference} points of its peers to {level}; parts above theirs: {up}, below: {down}",
        "ar": "من {reference} نقطة لدى نظرائها إلى {level}؛ الأجزاء فوق نظرائها: {up}، ودونهم: {down}",
        "zh": "从同类的 {reference} 分到 {level} 分；高于同类的项：{up}，低于：{down}",
    },
    "group_between": {
        "en": "{kind}, {low} to under {high} inhabitants",
        "ar": "{kind}، من {low} إلى أقل من {high} نسمة",
        "zh": "{kind}，居民 {low} 至不足 {high}",
    },
    "group_from": {
        "en": "{kind}, {low} inhabitants and more",
        "ar": "{kind}، {low} نسمة فأكثر",
        "zh": "{kind}，居民 {low} 及以上",
    },
    "group_all": {
        "en": "{kind}, all sizes",
        "ar": "{kind}، جميع الأحجام",
        "zh": "{kind}，不分规模",
    },
    "group_everybody": {
        "en": "all bodies together",
        "ar": "جميع الجهات معًا",
        "zh": "所有机构",
    },
    "group_unknown": {
        "en": "level or population not known",
        "ar": "المستوى أو عدد السكان غير معروف",
        "zh": "级别或人口未知",
    },
    "peers_of": {
        "en": "Peers: {group} ({bodies} bodies)",
        "ar": "النظراء: {group} (عدد الجهات: {bodies})",
        "zh": "同类：{group}（{bodies} 个机构）",
    },
    "groups_title": {
        "en": "{title}: half of the {bodies} bodies lie between {first} and {third}",
        "ar": "{title}: نصف الجهات وعددها {bodies} يقع بين {first} و{third}",
        "zh": "{title}：{bodies} 个机构中半数在 {first} 至 {third} 之间",
    },
    "compare_above": {
        "en": "{first} lies above {second}",
        "ar": "{first} فوق {second}",
        "zh": "{first} 高于 {second}",
    },
    "compare_untold": {
        "en": "cannot be told apart: the intervals overlap",
        "ar": "لا يمكن التمييز بينهما: الفترتان تتداخلان",
        "zh": "无法区分：区间重叠",
    },
    "compare_gap": {
        "en": "cannot be compared: not shown for both",
        "ar": "لا تمكن المقارنة: غير معروض للجهتين معًا",
        "zh": "无法比较：并非两者都有显示",
    },
    "sensitivity_title": {
        "en": "The ranking depends most on: {factor}. Alone it explains {alone} % of the variance, with the others {total} %",
        "ar": "يعتمد الترتيب أكثر ما يعتمد على: {factor}. وحده يفسر {alone} % من التباين، ومع غيره {total} %",
        "zh": "排名最取决于：{factor}。单独解释方差的 {alone} %，连同其他因素为 {total} %",
    },
    "rank_shift": {
        "en": "{factor}: changed alone, it moves a body by {shift} places on average",
        "ar": "{factor}: إذا تغيّر وحده حرّك الجهة بمقدار {shift} من المراتب في المتوسط",
        "zh": "{factor}：单独改变时，机构平均移动 {shift} 个名次",
    },
    "alternatives": {
        "en": "Made in {variants} other ways, the level goes from {low} to {high} points; in {same} of them the band stays {band}",
        "ar": "لو حُسب بطرق أخرى عددها {variants} لكان المستوى من {low} إلى {high} نقطة؛ وفي {same} منها يبقى النطاق {band}",
        "zh": "用其他 {variants} 种方法计算，水平为 {low} 至 {high} 分；其中 {same} 种档次仍为 {band}",
    },
    "waterfall_title": {
        "en": "The parts add up to {level} points",
        "ar": "مجموع الأجزاء {level} نقطة",
        "zh": "各部分合计 {level} 分",
    },
    "timeline_title": {
        "en": "What happened: {events} dated events from {first} to {last}",
        "ar": "ما حدث: أحداث مؤرخة عددها {events} من {first} إلى {last}",
        "zh": "经过：{first} 至 {last} 共 {events} 个有日期的事件",
    },
    "coverage_title": {
        "en": "{judged} of {cases} cases that the rule concerns could be judged",
        "ar": "أمكن الحكم على {judged} من أصل {cases} حالة تنطبق عليها القاعدة",
        "zh": "规则涉及的 {cases} 个案例中有 {judged} 个可以判断",
    },
    "firing_rate": {
        "en": "It happened in {flagged} of {judged} cases that could be judged ({share} %).",
        "ar": "حدث ذلك في {flagged} من أصل {judged} حالة أمكن الحكم عليها ({share} %).",
        "zh": "可判断的 {judged} 个案例中有 {flagged} 个发生（{share} %）。",
    },
    "firing_none": {
        "en": "No case could be judged in this data.",
        "ar": "لم يمكن الحكم على أي حالة في هذه البيانات.",
        "zh": "本数据中没有可判断的案例。",
    },
    "told_apart": {
        "en": "{higher} lies above {lower} in {share} % of the draws: they can be told apart. Difference {difference} points (90 % interval {low} to {high}).",
        "ar": "{higher} فوق {lower} في {share} % من السحوبات: يمكن التمييز بينهما. الفرق {difference} نقطة (فترة 90 %: من {low} إلى {high}).",
        "zh": "{share} % 的抽样中 {higher} 高于 {lower}：两者可以区分。差值 {difference} 分（90 % 区间 {low} 至 {high}）。",
    },
    "not_told_apart": {
        "en": "{higher} and {lower} cannot be told apart: the first lies above the second in {share} % of the draws, and more than 80 % are needed. Difference {difference} points (90 % interval {low} to {high}).",
        "ar": "لا يمكن التمييز بين {higher} و{lower}: الأول فوق الثاني في {share} % من السحوبات، والمطلوب أكثر من 80 %. الفرق {difference} نقطة (فترة 90 %: من {low} إلى {high}).",
        "zh": "{higher} 与 {lower} 无法区分：前者高于后者的抽样占 {share} %，需要超过 80 %。差值 {difference} 分（90 % 区间 {low} 至 {high}）。",
    },
    "change_untold": {
        "en": "no more than could come from chance: the two intervals overlap",
        "ar": "ليس أكثر مما قد تأتي به الصدفة: الفترتان تتداخلان",
        "zh": "不超出偶然可能带来的变化：两个区间重叠",
    },
    "change_told": {
        "en": "the two intervals do not overlap",
        "ar": "الفترتان لا تتداخلان",
        "zh": "两个区间不重叠",
    },
    "rows_add_up": {
        "en": "{rows_in} records in = {rows_kept} kept + {rows_rejected} rejected.",
        "ar": "{rows_in} سجلًا مُدخلًا = {rows_kept} محفوظًا + {rows_rejected} مرفوضًا.",
        "zh": "读入 {rows_in} 条记录 = 保留 {rows_kept} 条 + 拒绝 {rows_rejected} 条。",
    },
    "rows_do_not_add_up": {
        "en": "{rows_in} records in, {rows_kept} kept, {rows_rejected} rejected: these do not add up.",
        "ar": "{rows_in} سجلًا مُدخلًا، {rows_kept} محفوظًا، {rows_rejected} مرفوضًا: المجموع غير متطابق.",
        "zh": "读入 {rows_in} 条，保留 {rows_kept} 条，拒绝 {rows_rejected} 条：总数不符。",
    },
    "cases_shown": {
        "en": "{shown} of {cases} cases; all of them are in the evidence table of this release.",
        "ar": "{shown} من أصل {cases} حالة؛ وجميعها في جدول الأدلة لهذا الإصدار.",
        "zh": "显示 {cases} 个案例中的 {shown} 个；全部在本次发布的证据表中。",
    },
    "lines_left_out": {
        "en": "{lines} more lines are not shown here; the whole record is in the record table of this release.",
        "ar": "هناك {lines} سطرًا آخر غير معروض هنا؛ السجل كاملًا في جدول السجلات لهذا الإصدار.",
        "zh": "另有 {lines} 行未在此显示；完整记录在本次发布的记录表中。",
    },
    "dates_left_out": {
        "en": "Dates of the record that cannot be read and are not drawn: {dates}.",
        "ar": "تواريخ عددها {dates} في السجل لا يمكن قراءتها ولم تُرسم.",
        "zh": "记录中有 {dates} 个日期无法识别，未绘出。",
    },
    "administrations": {
        "en": "The grounds in the charts are terms of one post ({post}), by letter and day; figures and contracts belong to the body.",
        "ar": "خلفيات الرسوم هي فترات منصب واحد ({post})، بالحرف واليوم؛ والأرقام والعقود تخص الجهة.",
        "zh": "图中底色为一个职位（{post}）的各届任期，以字母和日期表示；数值和合同属于机构。",
    },
    "administration_over": {
        "en": "{name}: {first} to {last}",
        "ar": "{name}: من {first} إلى {last}",
        "zh": "{name}：{first} 至 {last}",
    },
    "administration_on": {
        "en": "{name}: since {first}",
        "ar": "{name}: منذ {first}",
        "zh": "{name}：自 {first} 起",
    },
    "of_all": {
        "en": "{shown} of {all} are shown.",
        "ar": "معروض {shown} من أصل {all}.",
        "zh": "显示 {all} 项中的 {shown} 项。",
    },
    "contract_title": {
        "en": "{contract}: changes: {changes}, invoices due: {due}, unpaid of them on {as_of}: {unpaid}",
        "ar": "{contract}: تعديلات {changes}، فواتير مستحقة {due}، منها غير مدفوعة {unpaid} حتى {as_of}",
        "zh": "{contract}：{changes} 次变更，{due} 张到期发票，截至 {as_of} 其中 {unpaid} 张未付",
    },
    "states_title": {
        "en": "{done} of {commitments} commitments reported done, {in_time} by the deadline first given",
        "ar": "أُبلغ عن إنجاز {done} من أصل {commitments} التزامًا، منها {in_time} في الموعد الأول",
        "zh": "{commitments} 项承诺中报告完成 {done} 项，其中 {in_time} 项在最初期限内",
    },
    "deadlines_title": {
        "en": "Of {shown} commitments shown, {moved} have another deadline than at first",
        "ar": "من أصل {shown} التزامًا معروضًا، لدى {moved} موعد غير الموعد الأول",
        "zh": "所示 {shown} 项承诺中，{moved} 项的期限与最初不同",
    },
    "arrears_title": {
        "en": "{amount} past due in {invoices} invoices, {old} of them by more than a year",
        "ar": "{amount} متأخرة في {invoices} فاتورة، منها {old} منذ أكثر من سنة",
        "zh": "{invoices} 张发票共逾期 {amount}，其中 {old} 张逾期一年以上",
    },
    "days_past_due": {
        "en": "{days} days past due",
        "ar": "{days} يومًا بعد الاستحقاق",
        "zh": "逾期 {days} 天",
    },
    "days_over": {
        "en": "more than {days} days past due",
        "ar": "أكثر من {days} يومًا بعد الاستحقاق",
        "zh": "逾期超过 {days} 天",
    },
    "requests_title": {
        "en": "{full} of {requests} requests received {first_year} to {last_year} were answered in full ({share} %); {open} have no answer yet",
        "ar": "أُجيب بالكامل عن {full} من أصل {requests} طلبًا ورد من {first_year} إلى {last_year} ({share} %)؛ و{open} بلا جواب بعد",
        "zh": "{first_year} 至 {last_year} 年收到的 {requests} 件申请中，{full} 件获完整答复（{share} %）；{open} 件尚无答复",
    },
    "requests_title_report": {
        "en": "As the body's yearly reports count them: {full} of {requests} requests, {first_year} to {last_year}, granted ({share} %); {open} carried over",
        "ar": "بحسب التقارير السنوية للجهة: مُنح {full} من أصل {requests} طلبًا من {first_year} إلى {last_year} ({share} %)؛ و{open} مرحّلة",
        "zh": "按机构年度报告统计：{first_year} 至 {last_year} 年 {requests} 件申请中予以公开 {full} 件（{share} %）；结转 {open} 件",
    },
    "hand_offs_title": {
        "en": "{transfers} transfers between units; the most frequent way: {from_unit} → {to_unit} ({most})",
        "ar": "{transfers} إحالة بين الوحدات؛ والطريق الأكثر تكرارًا: {from_unit} → {to_unit} ({most})",
        "zh": "部门间移交 {transfers} 次；最常见的路径：{from_unit} → {to_unit}（{most} 次）",
    },
    "hand_off": {
        "en": "{transfers} times, {cases} cases",
        "ar": "{transfers} مرة، {cases} حالة",
        "zh": "{transfers} 次，{cases} 案",
    },
    "footer": {
        "en": "Release {release} · as of {as_of} · troth {version} · signals are reasons to look, not findings about conduct",
        "ar": "الإصدار {release} · حتى {as_of} · troth {version} · الإشارات أسباب للنظر وليست أحكامًا على السلوك",
        "zh": "发布 {release} · 截至 {as_of} · troth {version} · 信号是查看的理由，不是对行为的结论",
    },
    "cite": {
        "en": "Troth, release {release}, as of {as_of} (troth {version}, recipe {recipe}), page {page}.",
        "ar": "Troth، الإصدار {release}، حتى {as_of} (troth {version}، الوصفة {recipe})، الصفحة {page}.",
        "zh": "Troth，发布 {release}，截至 {as_of}（troth {version}，配方 {recipe}），页面 {page}。",
    },
}


def template(key: str, language: str = "en") -> str:
    """The sentence with its slots open; a per cent sign stays on the line of its number."""
    if key not in SENTENCES:
        raise UsageError(f"no sentence is called {key!r}; add it to troth/publish/wording.py")
    if language not in SENTENCES[key]:
        raise UsageError(f"no sentences in {language!r}; there are {', '.join(LANGUAGES)}")
    return SENTENCES[key][language].replace(" %", "\u00a0%")


def sentence(key: str, language: str = "en", **slots: object) -> str:
    """The sentence with its slots filled; a slot too few is an error, never a gap in the text."""
    try:
        return template(key, language).format(**slots)
    except KeyError as missing:
        raise UsageError(f"sentence {key!r} needs a value for {missing}") from None


def slots_of(text: str) -> frozenset[str]:
    """The names of the slots in a template."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def figure_sentence(
    hits: int, n: int, cases: str, value: float, low: float, high: float, language: str = "en"
) -> str:
    """A published figure as one sentence; none found is said in words, not as a zero."""
    key, slots = figure_slots(hits, n, cases, value, low, high)
    return sentence(key, language, **slots)


def slots_of_figure(
    hits: int | None, n: int, cases: str, value: float, low: float | None, high: float | None,
    scale: str, language: str = "en",
) -> tuple[str, dict[str, str]]:  # fmt: skip
    """Which sentence a published figure takes, and what fills it."""
    if hits is None:
        return value_slots(value, low, high, n, cases, scale, language)
    assert low is not None
    assert high is not None
    return figure_slots(hits, n, cases, value, low, high)


def value_slots(
    value: float,
    low: float | None,
    high: float | None,
    n: int,
    cases: str,
    scale: str,
    language: str,
) -> tuple[str, dict[str, str]]:
    """Which sentence a published figure takes that is no share, and what fills it."""
    slots = {"value": written(value, scale, language), "n": count(n), "cases": cases}
    if low is None:
        return "figure_value_alone", slots
    if high is None:
        return "figure_value_open", {**slots, "low": written(low, scale, language)}
    return "figure_value", {**slots, "low": bare(low, scale), "high": bare(high, scale)}


def standing_key(where: Standing, is_share: bool) -> str:
    """Which sentence says where a figure stands: beside all cases together, or the middle body."""
    return where.value if is_share else f"{where.value}_middle"


def figure_slots(
    hits: int, n: int, cases: str, value: float, low: float, high: float
) -> tuple[str, dict[str, str]]:
    """Which sentence a published figure takes, and what fills it."""
    if hits == 0:
        return "figure_none", {"n": count(n), "cases": cases, "high": percent(high)}
    return "figure", {
        "hits": count(hits),
        "n": count(n),
        "cases": cases,
        "share": percent(value),
        "low": percent(low),
        "high": percent(high),
    }


# Words that say more than the data do: accusations, verdicts, and adverbs of degree.
_ENGLISH = (
    r"corrupt\w*", r"suspicio\w*", r"suspect\w*", r"fraud\w*", r"worst", r"bribe\w*", r"crim(?:e|es|inal\w*)",
    r"guilt\w*", r"illegal\w*", r"embezzl\w*", r"scandal\w*", r"rigg(?:ed|ing)", r"collu(?:de|sion|sive)\w*",
    r"cheat\w*", r"dishonest\w*", r"offenders?", r"culprits?", r"shame\w*", r"disgrac\w*", r"wrongdo\w*",
    r"incompeten\w*", r"negligen\w*", r"abus\w*", r"crooked", r"losers?", r"winners? of the ranking",
    # Of prices and bids, "best" is the field's own word; of a body it is a verdict.
    r"best(?! (?:losing |winning )?(?:price|bid|offer))",
    r"very", r"extremely", r"highly", r"strongly", r"severely", r"seriously", r"grossly", r"massively",
    r"blatant\w*", r"alarming\w*", r"shocking\w*", r"hugely", r"terribly",
)  # fmt: skip

_ARABIC = (
    "فساد", "فاسد", "فاسدة", "فاسدون", "احتيال", "غش", "مشبوه", "مشبوهة", "اشتباه", "رشوة", "رشاوى", "اختلاس",
    "جريمة", "جرائم", "إجرامي", "مذنب", "فضيحة", "تواطؤ", "أسوأ", "أفضل", "فضائح", "عار", "مخزية", "مخجل",
    "مهملة", "فاشل", "فاشلة", "الخاسر", "المذنبون", "جدا", "جدًا", "للغاية", "بشدة",
)  # fmt: skip

#: What Arabic writes onto the front of a word: and, so, with, for, like, the.
_ARABIC_FRONT = "(?:[وفبلك]{0,2}(?:ال)?|لل)"

_CHINESE = (
    "腐败", "贪污", "受贿", "行贿", "贿赂", "舞弊", "欺诈", "诈骗", "可疑", "嫌疑", "犯罪", "违法", "非法", "丑闻",
    "串通", "最差", "最糟", "最好", "最佳", "最优", "耻辱", "可耻", "丢脸", "渎职", "失职", "无能", "作弊", "极其", "极度", "非常", "严重",
)  # fmt: skip

FORBIDDEN: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b", re.IGNORECASE),
    "ar": re.compile(rf"(?<!\w){_ARABIC_FRONT}(?:{'|'.join(_ARABIC)})(?!\w)"),
    "zh": re.compile("|".join(_CHINESE)),
}


def forbidden_in(text: str) -> list[str]:
    """The words of any language in the text that would say more than the data do."""
    return [found.group() for pattern in FORBIDDEN.values() for found in pattern.finditer(text)]


#: A place by number that no second number follows: an interval would read "3 to 9". In each language
#: the words that announce a place, or the way it is written.
_NO_INTERVAL = r"(?!\s*(?:to|–|-|إلى|至)\s*\d)"
_BARE_RANKS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        rf"\b(?:rank(?:ed|s)?|place|position)\s*(?:no\.|number|:|#)?\s*\d[\d,]*+{_NO_INTERVAL}"
        r"|(?<![\w&])#\d|\b\d+(?:st|nd|rd|th) (?:place|of \d)",
        re.IGNORECASE,
    ),
    "ar": re.compile(rf"(?:رتبة|مرتبة|ترتيب|مركز)\w*\s*:?\s*(?:من )?\d[\d,]*+{_NO_INTERVAL}"),
    "zh": re.compile(rf"(?:排名|名次|位列)\s*第?\s*\d[\d,]*+{_NO_INTERVAL}|第\s*\d+\s*[名位]"),
}


def bare_ranks(text: str) -> list[str]:
    """Places given as one number, without the interval they need, in any language."""
    return [found.group() for pattern in _BARE_RANKS.values() for found in pattern.finditer(text)]
