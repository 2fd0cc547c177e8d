"""`troth validate screens`: what collusion screens tell in tenders that somebody has labelled.

Screens are asked of local labels because they do not carry over: in six published sets the lowest
tenth of CV had a lift from 0.9 to 2.1 (PROCUREMENT 1.8). No classifier is trained or shipped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.errors import InputError
from troth.terminal.screen import (
    ListFormat,
    columns,
    note,
    plain,
    say,
    say_csv,
    say_json,
    strong,
)

if TYPE_CHECKING:
    import numpy as np

    from troth.measure.discrimination import Discrimination, Estimate
    from troth.measure.screens import MissingBids
    from troth.sources.labelled import Labelled

PLAINLY = (
    "Screens are review prompts, not evidence of collusion. What they tell here they may not tell in "
    "another market, country or year; no trained classifier comes with troth."
)

#: The part of the dated tenders that comes first and sets the cut (PROCUREMENT 4.3).
EARLIER = 0.7

PEER_RANK = "CV peer rank"
_PEER_RANK_FORMULA = "share of peers, of the same market and a like number of bids, with a lower CV"


@dataclass(frozen=True)
class Told:
    """What one screen tells of the labels: in all tenders, or in the later ones at an earlier cut."""

    screen: str
    part: str
    side: str
    side_expected: bool
    checked: str
    formula: str
    found: Discrimination


@dataclass(frozen=True)
class Later:
    """The split in time: so many tenders up to a day set the cuts, and later ones are told."""

    earlier: int
    until: str
    later: int
    undated: int
    screens: list[Told]


@dataclass(frozen=True)
class Market:
    """The market test of missing bids for one market; None where too few tenders stand behind it."""

    market: str
    tenders: int
    near: int
    tied: int
    around: int
    share: float | None
    p_value: float | None
    distribution: list[int]


@dataclass(frozen=True)
class Validated:
    """Everything that was found in one file."""

    plainly: str
    file: str
    seed: int
    resamples: int
    level: float
    minimum_bids: int
    bids: int
    tenders: int
    with_fewer_bids: int
    labelled: int
    minimum_cases: int
    minimum_of_each: int
    screens: list[Told]
    later: Later | None
    later_lacks: str | None
    missing_bids: list[Market] | None
    missing_bids_lack: str | None
    near: float
    edges: list[float]


def screens(
    path: Path, minimum_bids: int, seed: int, resamples: int, form: ListFormat, quiet: bool
) -> None:
    """Read labelled bids, and tell what each screen tells of the labels."""
    from troth.sources.labelled import read_labelled

    found = validated(path, read_labelled(path), minimum_bids, seed, resamples)
    if form is ListFormat.CSV:
        say_csv(*_as_rows(found))
        if not quiet:
            note(PLAINLY)
    elif form is ListFormat.JSON:
        say_json(found)
    else:
        say(*_in_words(found))


def validated(
    path: Path, given: Labelled, minimum_bids: int, seed: int, resamples: int
) -> Validated:
    """What each screen tells of the labels of these bids; the same for any order of lines."""
    import numpy as np

    from troth.measure.discrimination import (
        LEVEL,
        MINIMUM_CASES,
        MINIMUM_OF_EACH,
        Figure,
        discriminate,
        split_in_time,
    )
    from troth.measure.screens import NEAR, SCREENS, peer_rank
    from troth.measure.screens import screens as screens_of

    made = screens_of(given.tender, given.price, len(given.names))
    kept = made.bids >= minimum_bids
    if not kept.any():
        raise InputError(
            f"{path}, bid_value: no tender has {minimum_bids} bids or more, and one bid says nothing "
            "of the others. Give every bid of a tender a line of its own"
        )
    label, day = given.label[kept], given.day[kept]
    # Without the column the file is one market; in it, an empty cell is an unknown one.
    market = given.market if "market" in given.columns else np.zeros_like(given.market)
    figures = {
        one.code: (Figure(getattr(made, one.field)[kept], one.side), one.expected, one.checked)
        for one in SCREENS
    }
    rank, _ = peer_rank(made.cv[kept], market[kept], made.bids[kept])
    figures[PEER_RANK] = (Figure(rank, "low"), True, "own")
    formulas = {one.code: one.formula for one in SCREENS} | {PEER_RANK: _PEER_RANK_FORMULA}

    def told(part: str, found: Sequence[Discrimination]) -> list[Told]:
        return [
            Told(code, part, figure.side, expected, checked, formulas[code], one)
            for (code, (figure, expected, checked)), one in zip(figures.items(), found, strict=True)
        ]

    whole = discriminate(
        [figure for figure, _, _ in figures.values()], label, _chance(seed, 0), resamples=resamples
    )
    earlier, later = split_in_time(day, EARLIER)
    lacking = None
    split = None
    if "date" not in given.columns:
        lacking = "the file has no column date"
    elif not later.any():
        lacking = "no tender is later than the day by which the cut would be set"
    else:
        split = Later(
            int(earlier.sum()),
            str(day[earlier].max()),
            int(later.sum()),
            int(np.isnat(day).sum()),
            told(
                "later",
                _at_earlier_cuts(
                    [figure for figure, _, _ in figures.values()],
                    label, earlier, later, _chance(seed, 1), resamples,
                ),
            ),
        )  # fmt: skip
    tested, edges, tests_lack = _markets(given, market, kept)
    return Validated(
        PLAINLY,
        path.name,
        seed,
        resamples,
        LEVEL,
        minimum_bids,
        int(made.bids[kept].sum()),
        int(kept.sum()),
        int((~kept).sum()),
        int(label.sum()),
        MINIMUM_CASES,
        MINIMUM_OF_EACH,
        told("all", whole),
        split,
        lacking,
        tested,
        tests_lack,
        NEAR,
        edges,
    )


def _chance(seed: int, part: int) -> np.random.Generator:
    import numpy as np

    return np.random.Generator(np.random.PCG64([seed, part]))


def _at_earlier_cuts(
    figures: Sequence[Any],
    label: np.ndarray,
    earlier: np.ndarray,
    later: np.ndarray,
    rng: np.random.Generator,
    resamples: int,
) -> list[Discrimination]:
    """What the later tenders show at the cuts of the earlier; counts alone where these set none."""
    import numpy as np

    from troth.measure.discrimination import Discrimination, Figure, discriminate

    before = discriminate(
        [Figure(one.value[earlier], one.side) for one in figures], label[earlier], rng, resamples=0
    )
    after = [
        Figure(one.value[later], one.side, cut.cut)
        for one, cut in zip(figures, before, strict=True)
    ]
    found = discriminate(after, label[later], rng, resamples=resamples)
    return [
        Discrimination(int(np.count_nonzero(~np.isnan(one.value))), told.labelled)
        if one.cut is None
        else told
        for one, told in zip(after, found, strict=True)
    ]


def _markets(
    given: Labelled, market: np.ndarray, kept: np.ndarray
) -> tuple[list[Market] | None, list[float], str | None]:
    """The market test for each market, the edges of its distribution, or what it lacks."""
    import numpy as np

    from troth.measure.screens import missing_bids

    if "reserve" not in given.columns:
        return None, [], "the file has no column reserve"
    names = given.markets if "market" in given.columns else ("all",)
    of_kept = kept[given.tender]
    number = np.cumsum(kept) - 1
    found: MissingBids = missing_bids(
        number[given.tender[of_kept]],
        given.price[of_kept],
        given.reserve[kept],
        market[kept],
        len(names),
    )
    tests = [
        Market(
            name,
            int(found.tenders[n]),
            int(found.near[n]),
            int(found.tied[n]),
            int(found.around[n]),
            _known(found.share[n]),
            _known(found.p_value[n]),
            [int(count) for count in found.distribution[n]],
        )
        for n, name in enumerate(names)
    ]
    return tests, [float(edge) for edge in found.edges], None


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _as_rows(found: Validated) -> tuple[list[str], list[list[object]]]:
    """One row a screen and part; an estimate is three columns, with the ends of its interval."""
    from troth.measure.discrimination import MEASURES
    from troth.measure.discrimination import Discrimination as Found

    said = [one.name for one in fields(Told) if one.name != "found"]
    counts = [one.name for one in fields(Found) if one.name not in MEASURES]
    ends = [f"{name}{end}" for name in MEASURES for end in ("", "_interval_low", "_interval_high")]
    rows = []
    for told in [*found.screens, *(found.later.screens if found.later else [])]:
        row: list[object] = [getattr(told, name) for name in said]
        row += [getattr(told.found, name) for name in counts]
        for name in MEASURES:
            estimate: Estimate = getattr(told.found, name)
            row += [estimate.value, estimate.low, estimate.high]
        rows.append(row)
    return [*said, *counts, *ends], rows


def _in_words(found: Validated) -> list[str]:
    fewer = f" ({found.with_fewer_bids:,} with fewer are left out)" if found.with_fewer_bids else ""
    base = f"{found.labelled / found.tenders:.2f}"
    return [
        strong(
            f"{plain(found.file)}: {found.tenders:,} tenders with {found.minimum_bids} bids or "
            f"more{fewer}, {found.bids:,} bids"
        ),
        f"{found.labelled:,} tenders are labelled 1: base rate {base}",
        PLAINLY,
        "",
        "Share labelled 1 in the lowest and in the highest tenth, and lift over the base rate",
        *_lift_table(found.screens),
        "",
        "How well each tells labelled tenders from the others, from its side on",
        *_told_table(found.screens),
        f"  ROC AUC 0.5 and PR-AUC at the base rate tell nothing; in brackets "
        f"{100 * found.level:.0f} % intervals from {found.resamples:,} draws of tenders, seed "
        f"{found.seed};",
        "  none where draws repeat one value, which does not make it sure",
        "  * no side is expected of this one; high is a convention, and below 0.5 it is the low one",
        f"  - where fewer than {found.minimum_cases} tenders have the screen, or fewer than "
        f"{found.minimum_of_each} of either label, or nothing is to be divided by",
        "",
        *_later_in_words(found),
        "",
        *_markets_in_words(found),
    ]


def _lift_table(told: Sequence[Told]) -> list[str]:
    rows = [
        ("screen", "tenders", "in lowest", "labelled 1", "lift", "in highest", "labelled 1", "lift")
    ]
    for one in told:
        it = one.found
        rows.append(
            (
                one.screen, f"{it.cases:,}",
                _count(it.lowest_n), _shown(it.lowest_precision), _shown(it.lowest_lift),
                _count(it.highest_n), _shown(it.highest_precision), _shown(it.highest_lift),
            )
        )  # fmt: skip
    return columns(rows, right=(1, 2, 5))


def _told_table(told: Sequence[Told]) -> list[str]:
    rows = [("screen", "side", "base rate", "ROC AUC", "PR-AUC", "balanced accuracy at the tenth")]
    for one in told:
        it = one.found
        rows.append(
            (
                one.screen, one.side if one.side_expected else f"{one.side} *",
                _shown(it.base_rate), _shown(it.roc_auc), _shown(it.pr_auc),
                _shown(it.balanced_accuracy),
            )
        )  # fmt: skip
    return columns(rows)


def _later_in_words(found: Validated) -> list[str]:
    split = found.later
    if split is None:
        return [f"Not tried on later tenders: {found.later_lacks}"]
    undated = f", {split.undated:,} have no date" if split.undated else ""
    rows = [("screen", "beyond the cut", "labelled 1", "lift", "ROC AUC", "balanced accuracy")]
    for one in split.screens:
        it = one.found
        low = one.side == "low"
        rows.append(
            (
                one.screen,
                _count(it.lowest_n if low else it.highest_n),
                _shown(it.lowest_precision if low else it.highest_precision),
                _shown(it.lowest_lift if low else it.highest_lift),
                _shown(it.roc_auc),
                _shown(it.balanced_accuracy),
            )
        )
    return [
        f"Cut at the tenth of {split.earlier:,} tenders up to {split.until}, tried on "
        f"{split.later:,} later ones{undated}",
        *columns(rows, right=(1,)),
    ]


def _markets_in_words(found: Validated) -> list[str]:
    if found.missing_bids is None:
        return [f"No market was tested for missing bids: {found.missing_bids_lack}"]
    near = f"{100 * found.near:g} %"
    rows = [("market", "tenders", "near", "of them tied", "around", "share near", "p")]
    for one in found.missing_bids:
        rows.append(
            (
                plain(one.market), f"{one.tenders:,}", f"{one.near:,}", f"{one.tied:,}",
                f"{one.around:,}", _number(one.share), _number(one.p_value, 3),
            )
        )  # fmt: skip
    return [
        f"Missing bids: margins over the winner below {near} of the reserve (near) and from there "
        f"to {200 * found.near:g} % (around)",
        *columns(rows, right=(1, 2, 3, 4, 5, 6)),
        "  half or more of both should be near where firms compete; p is how often fewer come by "
        "chance. A test of a market, of our own making; of twenty markets one is below 0.05 by chance",
    ]


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _number(value: float | None, places: int = 2) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def _shown(estimate: Estimate) -> str:
    if estimate.value is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"
