"""Cardinal's settings.ini: every section and key it knows, read into values, refused where unknown.

The format is INI as Cardinal reads it: `key = value` or `key: value`, sections in brackets, lines
that begin with `;` or `#` are comments, a value may stand in quotes, a list is separated by `|`. A
later section of the same name replaces the earlier one, a later key the earlier key.
"""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from troth.errors import UsageError


class Kind(enum.Enum):
    """What a value must be, in the words of a complaint about it."""

    TEXT = "text"
    LIST = "texts separated by |"
    NUMBERS = "numbers separated by |"
    SWITCH = "true or false"
    RATIO = "a number such as 0.05"
    COUNT = "a whole number from 0"
    DAYS = "a whole number of days"


@dataclass(frozen=True)
class Key:
    """One key: what its value must be, its default, and the example that `init` writes."""

    kind: Kind
    default: Any = None
    example: str = ""


_NOTHING: frozenset[str] = frozenset()

#: Section -> key -> what it takes. The section without a name is the head of the file.
KEYS: Mapping[str, Mapping[str, Key]] = {
    "": {
        "currency": Key(Kind.TEXT, None, "USD"),
        "no_price_comparison_procurement_methods": Key(Kind.LIST, None, "Random Selection"),
        "price_comparison_procurement_methods": Key(Kind.LIST, None, "Reverse Auction"),
    },
    "output": {"info_currency_mismatches": Key(Kind.SWITCH, False, "true")},
    "defaults": {
        "currency": Key(Kind.TEXT, None, "USD"),
        "item_classification_scheme": Key(Kind.TEXT, None, "UNSPSC"),
        "bid_status": Key(Kind.TEXT, None, "valid"),
        "award_status": Key(Kind.TEXT, None, "active"),
        "party_roles": Key(Kind.SWITCH, False, "true"),
    },
    "redactions": {
        "amount": Key(Kind.NUMBERS, frozenset(), "0"),
        "organization_id": Key(Kind.LIST, _NOTHING, "placeholder"),
    },
    "corrections": {"award_status_by_contract_status": Key(Kind.SWITCH, False, "true")},
    "modifications": {
        "move_auctions": Key(Kind.SWITCH, False, "true"),
        "prefix_buyer_or_procuring_entity_id": Key(Kind.TEXT, "", "DO-UC-"),
        "prefix_tenderer_or_supplier_id": Key(Kind.TEXT, "", "DO-RPE-"),
        "split_procurement_method_details": Key(Kind.TEXT, None, "-"),
    },
    "exclusions": {"procurement_method_details": Key(Kind.LIST, _NOTHING, "Random Selection")},
    "R003": {
        "threshold": Key(Kind.DAYS, 15, "15"),
        "procurement_methods": Key(Kind.LIST, _NOTHING, "open|selective|limited"),
    },
    "R018": {
        "procurement_methods": Key(Kind.LIST, frozenset({"open", "selective"}), "open|selective"),
    },
    "R024": {"threshold": Key(Kind.RATIO, None, "0.05")},
    "R025": {
        "percentile": Key(Kind.COUNT, 75, "75"),
        "threshold": Key(Kind.RATIO, None, "0.05"),
    },
    "R028": {},
    "R030": {},
    "R035": {"threshold": Key(Kind.COUNT, 1, "1")},
    "R036": {},
    "R038": {
        "threshold": Key(Kind.RATIO, None, "0.5"),
        "minimum_submitted_bids": Key(Kind.COUNT, 2, "2"),
        "minimum_contracting_processes": Key(Kind.COUNT, 2, "2"),
    },
    "R048": {
        "digits": Key(Kind.COUNT, 2, "2"),
        "threshold": Key(Kind.COUNT, None, "10"),
        "minimum_contracting_processes": Key(Kind.COUNT, 20, "20"),
    },
    "R058": {"threshold": Key(Kind.RATIO, None, "0.5")},
}

#: Sections whose keys are words of the data: what every value must be, and an example.
OPEN_SECTIONS: Mapping[str, tuple[Kind, str]] = {
    "codelists.bid_status": (Kind.TEXT, "qualified = valid"),
    "codelists.award_status": (Kind.TEXT, "Active = active"),
    "R003.procurement_method_details": (Kind.DAYS, "emergency = 10"),
}

#: Sections that a file may open without anything in them.
_EMPTY_SECTIONS = ("codelists",)

CODES = tuple(section for section in KEYS if re.fullmatch(r"R\d{3}", section))

_DETAILS = "procurement_method_details"


@dataclass(frozen=True)
class Preparing:
    """What `prepare` fills in, redacts, corrects and changes."""

    currency: str | None = None
    item_classification_scheme: str | None = None
    bid_status: str | None = None
    award_status: str | None = None
    party_roles: bool = False
    amount: frozenset[float] = frozenset()
    organization_id: frozenset[str] = frozenset()
    award_status_by_contract_status: bool = False
    move_auctions: bool = False
    prefix_buyer_or_procuring_entity_id: str = ""
    prefix_tenderer_or_supplier_id: str = ""
    split_procurement_method_details: str | None = None
    bid_statuses: Mapping[str, str] = field(default_factory=dict)
    award_statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """A settings file as values. `indicators` holds those that run: code -> key -> value."""

    currency: str | None = None
    no_price_comparison: frozenset[str] | None = None
    price_comparison: frozenset[str] | None = None
    info_currency_mismatches: bool = False
    excluded: frozenset[str] = frozenset()
    preparing: Preparing = field(default_factory=Preparing)
    indicators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_settings(path: Path) -> Settings:
    """The settings in a file; `settings` finds `settings.ini`, as Cardinal does.

    Raises `UsageError` naming file, line and key where something is unknown or not a value.
    """
    if not path.is_file() and path.with_name(f"{path.name}.ini").is_file():
        path = path.with_name(f"{path.name}.ini")
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"{path}: no such file. Write one first: troth cardinal init {path}"
        ) from None
    except IsADirectoryError:
        raise UsageError(f"{path}: expected a settings file, and this is a folder") from None
    except UnicodeDecodeError as fault:
        line = path.read_bytes()[: fault.start].count(b"\n") + 1
        raise UsageError(f"{path}, line {line}: not UTF-8. Save the file as UTF-8.") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Settings:
    """The settings in a text; `name` is what complaints call it."""
    return _Reader(name).read(text)


def default_file() -> str:
    """A settings file with every indicator on and every key as a comment, for `init`."""
    return "\n".join(_default_lines()) + "\n"


_COMMENTS = {
    "defaults": "For `troth cardinal prepare`: what is filled in where it is not set.",
    "redactions": "Values that stand for nothing, and are removed.",
    "codelists.bid_status": "Codes of the data, and the codes of OCDS that they stand for.",
    "exclusions": "For `troth cardinal indicators`: an indicator runs where its section stands.",
}

_ORDER = (
    "", "output", "defaults", "redactions", "corrections", "modifications",
    "codelists.bid_status", "codelists.award_status", "exclusions", "R003",
    "R003.procurement_method_details", *CODES[1:],
)  # fmt: skip


def _default_lines() -> Iterator[str]:
    for section in _ORDER:
        if section:
            yield ""
        if section in _COMMENTS:
            yield f"; {_COMMENTS[section]}"
        if section:
            yield f"[{section}]"
        for key, taken in KEYS.get(section, {}).items():
            yield f"; {key} = {taken.example}"
        if section in OPEN_SECTIONS:
            yield f"; {OPEN_SECTIONS[section][1]}"


@dataclass(frozen=True)
class _Written:
    """A value as it was written, and the line it stands on."""

    text: str
    line: int


class _Reader:
    """Reads one text; every complaint names it and the line."""

    def __init__(self, name: str) -> None:
        self.name = name

    def fail(self, line: int, message: str) -> UsageError:
        return UsageError(f"{self.name}, line {line}: {message}")

    def read(self, text: str) -> Settings:
        sections = self._sections(text)
        values = {section: self._values(section, written) for section, written in sections.items()}
        head = {**_defaults_of(""), **values.get("", {})}
        return Settings(
            currency=head["currency"],
            no_price_comparison=head["no_price_comparison_procurement_methods"],
            price_comparison=head["price_comparison_procurement_methods"],
            info_currency_mismatches=values.get("output", {}).get(
                "info_currency_mismatches", False
            ),
            excluded=values.get("exclusions", {}).get(_DETAILS, frozenset()),
            preparing=_preparing(values),
            indicators=_enabled(values),
        )

    def _sections(self, text: str) -> dict[str, dict[str, _Written]]:
        found: dict[str, dict[str, _Written]] = {}
        section = ""
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
            stripped = line.strip()
            if not stripped or stripped[0] in ";#":
                continue
            if stripped[0] == "[":
                section = self._section(stripped, number)
                found[section] = {}
                continue
            key, written = self._entry(stripped, number)
            self._refuse_unknown(section, key, number)
            found.setdefault(section, {})[key] = _Written(written, number)
        return found

    def _section(self, text: str, line: int) -> str:
        if "]" not in text:
            raise self.fail(line, f"expected ] at the end of the section {text!r}")
        section = text[1 : text.index("]")].strip()
        known = [*KEYS, *OPEN_SECTIONS, *_EMPTY_SECTIONS]
        if section not in known or not section:
            raise self.fail(
                line,
                f"unknown section [{section}].{_near(section, known)} "
                f"Cardinal 0.0.8 has {', '.join(f'[{one}]' for one in _ORDER if one)}.",
            )
        return section

    def _entry(self, text: str, line: int) -> tuple[str, str]:
        ends = [text.index(sign) for sign in "=:" if sign in text]
        if not ends:
            raise self.fail(line, f"expected 'key = value', found {text!r}")
        key, value = text[: min(ends)].strip(), text[min(ends) + 1 :].strip()
        if value[:1] in ("'", '"') and value[:1]:
            closing = value.find(value[0], 1)
            if closing < 0:
                raise self.fail(line, f"{key}: the quotation mark {value[0]} is never closed")
            return key, _unescaped(value[1:closing] + value[closing + 1 :])
        return key, _unescaped(value)

    def _refuse_unknown(self, section: str, key: str, line: int) -> None:
        if section in OPEN_SECTIONS:
            return
        known = KEYS.get(section, {})
        if key in known:
            return
        where = f"[{section}]" if section else "the head of the file, before any section"
        has = f"It has {', '.join(known)}." if known else "It has no keys."
        elsewhere = [one for one, keys in KEYS.items() if key in keys and one]
        belongs = f" It belongs in [{elsewhere[0]}]." if elsewhere else ""
        raise self.fail(
            line, f"unknown key {key!r} in {where}.{_near(key, list(known)) or belongs} {has}"
        )

    def _values(self, section: str, written: Mapping[str, _Written]) -> dict[str, Any]:
        found = {}
        for key, value in written.items():
            kind = (
                OPEN_SECTIONS[section][0] if section in OPEN_SECTIONS else KEYS[section][key].kind
            )
            read = _READERS[kind](value.text)
            if read is None:
                raise self.fail(
                    value.line, f"{key}: expected {kind.value}, found {value.text!r}. Correct it."
                )
            found[key] = read
        return found


def _near(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, [one for one in known if one], n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _defaults_of(section: str) -> dict[str, Any]:
    return {key: taken.default for key, taken in KEYS[section].items()}


def _preparing(values: Mapping[str, Mapping[str, Any]]) -> Preparing:
    found = Preparing(
        bid_statuses=values.get("codelists.bid_status", {}),
        award_statuses=values.get("codelists.award_status", {}),
    )
    for section in ("defaults", "redactions", "corrections", "modifications"):
        found = replace(found, **values.get(section, {}))
    return found


def _enabled(values: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The indicators whose section stands in the file, with their defaults filled in."""
    by_details = values.get(f"R003.{_DETAILS}")
    there = {*values, *(["R003"] if by_details is not None else [])}
    found = {
        code: {**_defaults_of(code), **values.get(code, {})} for code in CODES if code in there
    }
    if "R003" in found:
        found["R003"][_DETAILS] = by_details or {}
    return found


_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "r": "\r", "n": "\n"}


def _unescaped(text: str) -> str:
    """Backslashes as Cardinal's INI reader takes them: `\\n` is a line end, `\\\\` a backslash."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def separated(text: str) -> frozenset[str]:
    """A list as Cardinal writes it: separated by `|`, one at the end is ignored."""
    parts = text.split("|")
    return frozenset(parts[:-1] if not parts[-1] else parts)


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)", re.IGNORECASE)


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _numbers(text: str) -> frozenset[float]:
    """Those that are numbers; Cardinal passes over the others without a word."""
    return frozenset(one for one in map(_number, separated(text)) if one is not None)


def _whole(text: str, pattern: str) -> int | None:
    return int(text) if re.fullmatch(pattern, text, re.ASCII) else None


_SWITCHES = {
    **dict.fromkeys(("true", "1", "on", "yes"), True),
    **dict.fromkeys(("false", "0", "off", "no"), False),
}

_READERS: Mapping[Kind, Any] = {
    Kind.TEXT: str,
    Kind.LIST: separated,
    Kind.NUMBERS: _numbers,
    Kind.SWITCH: lambda text: _SWITCHES.get(text.lower()),
    Kind.RATIO: _number,
    Kind.COUNT: lambda text: _whole(text, r"\+?\d{1,18}"),
    Kind.DAYS: lambda text: _whole(text, r"[+-]?\d{1,18}"),
}
