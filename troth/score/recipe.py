"""The choices behind a score, as one frozen value.

A score is a function of measurements and a recipe, and of nothing else: who wants other weights or
goalposts passes another recipe, in Python or as a file (`troth recipe show` prints one to start
from). An indicator belongs to the pillar that its code begins with. Inside a pillar points are
averaged; across pillars the mean is geometric, so that a body cannot buy off one pillar with
another (METHODS B.4). The level of a recipe of one pillar is the level of that pillar.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from troth.errors import UsageError
from troth.score import peers
from troth.score.peers import BY_SIZE, PeerGroups

#: As for a pillar in METHODS B.8; below it a level would say more about gaps than conduct.
MINIMUM_WEIGHT = 0.65

#: Of five pillars an index needs four, and one of these among them (METHODS B.8).
MINIMUM_PILLARS = 4
ESSENTIAL = ("C", "D")

#: No pillar may outvote all others together (METHODS B.3).
MOST_PILLAR_WEIGHT = 0.5

#: METHODS B.5.
DRAWS = 2_000
FEWEST_DRAWS, MOST_DRAWS = 200, 100_000

#: Nobody's choice: the day on which the method of draws was decided.
SEED = 20_261_124

#: A weight that is one half whatever doubles make of the sum.
_ROUNDING = 1e-9

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_CODE = re.compile(r"[CIDTP]\d{2,3}")


#: The unit of goalposts where none is said: a part of 1, of cases or of money.
SHARE = "share"


@dataclass(frozen=True)
class Goalposts:
    """The value that gives 0 points and the one that gives 100, why, and since when.

    Both are in the indicator's own `unit`. A share is a part of 1, and so are its goalposts.
    """

    worst: float
    best: float
    reason: str
    dated: str
    unit: str = SHARE

    def __post_init__(self) -> None:
        if not (math.isfinite(self.worst) and math.isfinite(self.best)):
            raise UsageError("goalposts are finite numbers")
        if self.worst == self.best:
            raise UsageError("goalposts must differ")
        if self.unit == SHARE and not self.within_a_share:
            raise UsageError(
                f"goalposts {self.worst:g} and {self.best:g}: those of a share lie from 0 to 1; of "
                "another figure, say its unit"
            )

    @property
    def within_a_share(self) -> bool:
        return min(self.worst, self.best) >= 0 and max(self.worst, self.best) <= 1

    def as_json(self) -> dict[str, object]:
        """The goalposts as a release publishes them; the unit where it is not a share."""
        unit = {} if self.unit == SHARE else {"unit": self.unit}
        return {
            "worst": self.worst, "best": self.best, "reason": self.reason, "dated": self.dated, **unit
        }  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """Goalposts and weights by indicator, weights by pillar, and what must be known for a level.

    `weights` are relative inside a pillar, `pillars` relative among each other; without any, all
    pillars are alike. `minimum_weight` is the share of a pillar's weight that must be measured,
    `minimum_pillars` how many pillars must have it, and one of the `essential` ones must be among
    them. `peers` says with whom a body is compared; `draws` and `seed` how uncertainty is found.
    `left_out` are indicators that a run does not have: they take no part, and nobody is asked for
    them.
    """

    name: str
    version: int
    title: str
    goalposts: Mapping[str, Goalposts]
    weights: Mapping[str, float]
    minimum_weight: float = MINIMUM_WEIGHT
    pillars: Mapping[str, float] = field(default_factory=dict)
    minimum_pillars: int = 0
    essential: tuple[str, ...] = ()
    peers: PeerGroups = BY_SIZE
    draws: int = DRAWS
    seed: int = SEED
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = f"recipe {self.name}"
        if not _NAME.fullmatch(self.name):
            raise UsageError(f"{named}: a name is of small letters, digits and single hyphens")
        if self.version < 1:
            raise UsageError(f"{named}: versions begin at 1")
        if not self.weights:
            raise UsageError(f"{named}: name at least one indicator")
        if set(self.goalposts) != set(self.weights):
            odd = sorted(set(self.goalposts) ^ set(self.weights))
            raise UsageError(f"{named}: goalposts and weights name different indicators: {odd}")
        wrong = [code for code in self.weights if not _CODE.fullmatch(code)]
        if wrong:
            raise UsageError(
                f"{named}: {wrong} are no codes of indicators, such as P018. Outcomes (O) are for "
                "comparison and never enter a level"
            )
        own = sorted({code[0] for code in self.weights})
        if not self.pillars:
            object.__setattr__(self, "pillars", dict.fromkeys(own, 1.0))
        if sorted(self.pillars) != own:
            raise UsageError(f"{named}: weights of pillars {sorted(self.pillars)} for {own}")
        for kind in (self.weights, self.pillars):
            bad = [
                one for one, weight in kind.items() if not (weight > 0 and math.isfinite(weight))
            ]
            if bad:
                raise UsageError(f"{named}: a weight must be above 0; leave {bad} out instead")
        self._check_gates(named, own)
        odd = sorted(set(self.left_out) - set(self.weights))
        if odd or not self.codes:
            raise UsageError(
                f"{named}: left_out is some of its indicators, not all, and no others: {odd}"
            )
        if not FEWEST_DRAWS <= self.draws <= MOST_DRAWS:
            raise UsageError(f"{named}: draws are from {FEWEST_DRAWS} to {MOST_DRAWS:,}")
        if self.seed < 0:
            raise UsageError(f"{named}: a seed is 0 or more")

    def _check_gates(self, named: str, own: list[str]) -> None:
        if not 0 < self.minimum_weight <= 1:
            raise UsageError(f"{named}: minimum_weight is above 0 and at most 1")
        total = sum(self.pillars.values())
        over = [one for one in own if self.pillars[one] > (MOST_PILLAR_WEIGHT + _ROUNDING) * total]
        if len(own) > 1 and over:
            share = 100 * self.pillars[over[0]] / total
            raise UsageError(
                f"{named}: pillar {over[0]} has {share:.0f} % of the weight and would decide alone; "
                "give it at most 50 %"
            )
        if self.minimum_pillars == 0:
            object.__setattr__(self, "minimum_pillars", min(MINIMUM_PILLARS, len(own)))
            if len(own) >= MINIMUM_PILLARS and not self.essential:
                kept = tuple(one for one in ESSENTIAL if one in own)
                object.__setattr__(self, "essential", kept)
        if not 1 <= self.minimum_pillars <= len(own):
            raise UsageError(f"{named}: minimum_pillars is from 1 to the {len(own)} there are")
        odd = sorted(set(self.essential) - set(own))
        if odd:
            raise UsageError(f"{named}: essential pillars {odd} are not in the recipe")

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def codes(self) -> tuple[str, ...]:
        """The indicators that take part, sorted."""
        return tuple(sorted(set(self.weights) - set(self.left_out)))

    def among(self, known: Collection[str]) -> Recipe:
        """The same recipe where a run has these indicators and no others."""
        lacking = tuple(sorted(set(self.weights) - set(known)))
        if len(lacking) == len(self.weights):
            raise UsageError(
                f"recipe {self.name}: this version has none of its indicators; see troth indicators list"
            )
        return replace(self, left_out=lacking)

    @property
    def aggregation(self) -> str:
        """How pillars become a level."""
        return "geometric" if len(self.pillars) > 1 else "arithmetic"

    @property
    def shares(self) -> dict[str, float]:
        """What each indicator has of the whole weight, where everything is measured."""
        inside = dict.fromkeys(sorted({code[0] for code in self.codes}), 0.0)
        for code in self.codes:
            inside[code[0]] += self.weights[code]
        total = sum(self.pillars[one] for one in inside)
        return {
            code: self.weights[code] / inside[code[0]] * self.pillars[code[0]] / total
            for code in self.codes
        }

    def as_json(self) -> dict[str, object]:
        """The recipe as a release publishes it."""
        means = "arithmetic mean of normalised values, weighted"
        if len(self.pillars) > 1:
            means += ", inside each pillar; geometric mean across pillars, weighted"
        return {
            "name": self.name,
            "version": self.version,
            "title": self.title,
            "aggregation": means,
            "minimum_weight": self.minimum_weight,
            "minimum_pillars": self.minimum_pillars,
            "essential": list(self.essential),
            "peers": str(self.peers),
            "draws": self.draws,
            "seed": self.seed,
            "pillars": dict(sorted(self.pillars.items())),
            "goalposts": {code: g.as_json() for code, g in sorted(self.goalposts.items())},
            "weights": dict(sorted(self.weights.items())),
            "shares": self.shares,
            **({"left_out": list(self.left_out)} if self.left_out else {}),
        }

    def as_toml(self) -> str:
        """The recipe as a file that `from_toml` reads back as the same value."""
        lines = [
            f"name = {_quoted(self.name)}",
            f"version = {self.version}",
            f"title = {_quoted(self.title)}",
            f"minimum_weight = {self.minimum_weight!r}",
            f"minimum_pillars = {self.minimum_pillars}",
            f"essential = [{', '.join(map(_quoted, self.essential))}]",
            f"peers = {_quoted(str(self.peers))}",
            f"draws = {self.draws}",
            f"seed = {self.seed}",
            *([f"left_out = [{', '.join(map(_quoted, self.left_out))}]"] if self.left_out else []),
            "",
            "[pillars]",
            *(f"{one} = {weight!r}" for one, weight in sorted(self.pillars.items())),
        ]
        for code in sorted(self.weights):
            posts = self.goalposts[code]
            lines += [
                "",
                f"[indicators.{code}]",
                f"weight = {self.weights[code]!r}",
                f"worst = {posts.worst!r}",
                f"best = {posts.best!r}",
                *([] if posts.unit == SHARE else [f"unit = {_quoted(posts.unit)}"]),
                f"reason = {_quoted(posts.reason)}",
                f"dated = {posts.dated}",
            ]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, path: Path) -> Recipe:
        """The recipe in a file; everything that is wrong in it is an error that says where."""
        return _File(path).recipe()

    @classmethod
    def from_json(cls, published: Mapping[str, Any]) -> Recipe:
        """The recipe as a release publishes it (`as_json`), as a value again."""
        return cls(
            name=published["name"],
            version=published["version"],
            title=published["title"],
            goalposts={code: Goalposts(**one) for code, one in published["goalposts"].items()},
            weights=published["weights"],
            minimum_weight=published["minimum_weight"],
            pillars=published["pillars"],
            minimum_pillars=published["minimum_pillars"],
            essential=tuple(published["essential"]),
            peers=peers.parse(published["peers"]),
            draws=published["draws"],
            seed=published["seed"],
            left_out=tuple(published.get("left_out", ())),
        )


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda one: f"\\u{ord(one.group()):04x}", escaped) + '"'


_NUMBER = (int, float)

#: Key -> type and what it is called in an error. What has no default must be there.
_TOP: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "name": (str, "a text"),
    "version": (int, "a whole number"),
    "title": (str, "a text"),
    "minimum_weight": (_NUMBER, "a number"),
    "minimum_pillars": (int, "a whole number"),
    "essential": (list, "a list of pillars"),
    "peers": (str, "a text"),
    "draws": (int, "a whole number"),
    "seed": (int, "a whole number"),
    "left_out": (list, "a list of indicators"),
    "pillars": (dict, "a table of weights"),
    "indicators": (dict, "a table of indicators"),
}
_INDICATOR: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "weight": (_NUMBER, "a number"),
    "worst": (_NUMBER, "a number"),
    "best": (_NUMBER, "a number"),
    "unit": (str, "a text"),
    "reason": (str, "a text"),
    "dated": (date, "a date without quotes, such as 2026-11-22"),
}
_NEEDED = ("name", "version", "title", "indicators")

#: A weight may be left out: then all are alike; and a unit, where it is a share.
_MAY_LACK = ("weight", "unit")


class _File:
    """A recipe file while it is read: the values, and the lines to name in errors."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"{path}: cannot be read ({error.strerror}). `troth recipe show > mine.toml` "
                "writes a recipe to start from"
            ) from None
        except UnicodeDecodeError:
            raise UsageError(f"{path}: is not UTF-8. Save it as UTF-8") from None
        try:
            self.values = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{path}: is not TOML: {error}") from None

    def recipe(self) -> Recipe:
        values = self.values
        self._fields(values, "", _TOP, _NEEDED)
        goalposts: dict[str, Goalposts] = {}
        weights: dict[str, float] = {}
        for code, given in values["indicators"].items():
            where = f"indicators.{code}"
            if not isinstance(given, dict):
                self._refuse(where, given, f"expected a table [{where}]")
            needed = [name for name in _INDICATOR if name not in _MAY_LACK]
            self._fields(given, where, _INDICATOR, needed)
            goalposts[code] = self._goalposts(where, given)
            weights[code] = self._weight(f"{where}.weight", given.get("weight", 1.0))
        pillars = {
            one: self._weight(f"pillars.{one}", weight)
            for one, weight in values.get("pillars", {}).items()
        }
        plain = {
            name: values[name]
            for name in ("name", "version", "title", "minimum_weight", "minimum_pillars", "draws", "seed")
            if name in values
        }  # fmt: skip
        try:
            return Recipe(
                goalposts=goalposts,
                weights=weights,
                pillars=pillars,
                essential=tuple(values.get("essential", ())),
                left_out=tuple(values.get("left_out", ())),
                peers=peers.parse(values["peers"]) if "peers" in values else BY_SIZE,
                **plain,
            )
        except UsageError as error:
            raise UsageError(f"{self.path}: {error}") from None

    def _fields(
        self,
        given: Mapping[str, Any],
        where: str,
        known: Mapping[str, tuple[type | tuple[type, ...], str]],
        needed: list[str] | tuple[str, ...],
    ) -> None:
        """Every field known, of its type, and none of the needed ones missing."""
        for name, value in given.items():
            at = f"{where}.{name}" if where else name
            if name not in known:
                self._refuse(at, value, f"is unknown here. Known are {', '.join(known)}")
            kind, called = known[name]
            if not isinstance(value, kind) or isinstance(value, bool | datetime):
                self._refuse(at, value, f"expected {called}")
        lacking = [name for name in needed if name not in given]
        if lacking:
            line = self._line(where) if where else None
            place = f"{self.path}{_at_line(line)}"
            inside = f" in [{where}]" if where else ""
            why = " Goalposts need both ends, a reason and a date." if where else ""
            raise UsageError(f"{place}: {', '.join(lacking)} missing{inside}.{why} Add it")

    def _goalposts(self, where: str, given: Mapping[str, Any]) -> Goalposts:
        unit = given.get("unit", SHARE)
        for name in ("worst", "best"):
            if unit == SHARE and not 0 <= given[name] <= 1:
                self._refuse(
                    f"{where}.{name}",
                    given[name],
                    "expected a share from 0 to 1 (30 % is 0.3). Of a figure that is no share, say "
                    'its unit, such as unit = "days"',
                )
            if not math.isfinite(given[name]):
                self._refuse(f"{where}.{name}", given[name], "expected a finite number")
        if given["worst"] == given["best"]:
            self._refuse(f"{where}.best", given["best"], "goalposts must differ; move one")
        if not given["reason"].strip():
            self._refuse(f"{where}.reason", given["reason"], "say why the goalposts stand there")
        return Goalposts(
            float(given["worst"]), float(given["best"]), given["reason"],
            given["dated"].isoformat(), unit,
        )  # fmt: skip

    def _weight(self, where: str, given: Any) -> float:
        if not isinstance(given, _NUMBER) or isinstance(given, bool) or not 0 < given < math.inf:
            self._refuse(where, given, "a weight is a number above 0; leave it out for nothing")
        return float(given)

    def _refuse(self, where: str, value: object, what: str) -> None:
        shown = value.isoformat() if isinstance(value, date) else repr(value)
        raise UsageError(f"{self.path}{_at_line(self._line(where))}: {where} = {shown}: {what}")

    def _line(self, where: str) -> int | None:
        """The line of a key, where it stands plainly under its header."""
        header, inside = "", where.rpartition(".")
        for number, line in enumerate(self.text.splitlines(), start=1):
            if found := re.fullmatch(r"\s*\[\s*([\w.\-\"]+)\s*\]\s*(?:#.*)?", line):
                header = found[1].replace('"', "")
                if header == where:
                    return number
            elif header == inside[0] and re.match(rf"\s*\"?{re.escape(inside[2])}\"?\s*=", line):
                return number
        return None


def _at_line(line: int | None) -> str:
    return "" if line is None else f", line {line}"


#: A share's own ends: they need nobody's judgement, and move for nobody.
_ENDS_OF_A_SHARE = Goalposts(
    worst=1.0,
    best=0.0,
    reason="the ends of a share: 100 % of cases flagged gives 0 points, none gives 100",
    dated="2026-11-22",
)

#: What needs only the method, the number of bidders, and awards with their suppliers: these reach
#: most bodies (PROCUREMENT 1.10). Left out although it reaches far: P010, because most formats
#: have no place for a justification, so its absence says little about the body. The others are
#: shown beside the level and enter with the fuller index.
_WEIGHED = ("P013", "P018", "P019", "P040")

#: Version 2 weighs estimates among peers instead of raw shares (decision 0012).
FIRST = Recipe(
    name="open-competition",
    version=2,
    title="Open competition: four indicators, equal weights, estimates among peers",
    goalposts=dict.fromkeys(_WEIGHED, _ENDS_OF_A_SHARE),
    weights=dict.fromkeys(_WEIGHED, 1.0),
)
