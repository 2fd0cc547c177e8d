"""The slow, careful reader: what the hot pass could not decode, and why.

It reads one JSON value with Python's own parser, names what is wrong with byte, path and value,
and gives back whatever can be kept: a release with the bad fields left out, or nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import msgspec

from troth.sources.ocds import shapes
from troth.sources.ocds.faults import Fault

#: A line beyond this is no record; it is refused before it is parsed.
LONGEST_LINE = 256 * 1024 * 1024

#: Fields of one record that are left out one by one; beyond that the record itself is refused.
MOST_FIELD_FAULTS = 1_000

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")

_AMOUNT_NAMES = {"amount", "value", "quantity"}


class Unreadable(Exception):
    """The whole value has to be refused; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def parse(raw: bytes, on_twice: Callable[[str], None] | None = None) -> Any:
    """The JSON value in `raw`; raises `Unreadable`. `on_twice` hears of names given twice."""
    if len(raw) > LONGEST_LINE:
        raise Unreadable(Fault("E009", "$", None, f"a record of {len(raw):,} bytes; at most {LONGEST_LINE:,} are read"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        value = repr(raw[error.start : error.start + 16])
        raise Unreadable(
            Fault("E002", "$", value, f"byte {error.start + 1} of the record is not UTF-8")
        ) from None
    try:
        return json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_sized,
            object_pairs_hook=_pairs(on_twice) if on_twice else None,
        )
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode())
        near = text[max(0, error.pos - 20) : error.pos + 20]
        raise Unreadable(
            Fault("E001", "$", near, f"not JSON at byte {at + 1} of the record: {error.msg}")
        ) from None
    except RecursionError:
        raise Unreadable(Fault("E003", "$", text[:40], "nested too deeply to be read")) from None
    except ValueError as error:  # NaN and Infinity
        raise Unreadable(Fault("E001", "$", None, f"not JSON: {error}")) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


#: More digits than any amount, count or number used as an identifier has.
_MOST_DIGITS = 300


def _finite(digits: str) -> float | str:
    """A number; one beyond all range stays text, so that the field that holds it is named."""
    number = float(digits)
    return number if math.isfinite(number) else digits


def _sized(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _pairs(on_twice: Callable[[str], None]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) < len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    on_twice(name)
                seen.add(name)
        return built

    return build


def release(value: Any) -> tuple[shapes.Release, list[Fault]]:
    """A release from a parsed value, without the fields that cannot be used; or `Unreadable`."""
    if not isinstance(value, dict):
        raise Unreadable(Fault("E004", "$", _brief(value), f"expected an OCDS release, found {_kind(value)}"))
    ocid = value.get("ocid")
    if not isinstance(ocid, str) or not ocid:
        found = "is missing" if "ocid" not in value else f"is {_kind(ocid)}"
        raise Unreadable(Fault("E005", "/ocid", _brief(ocid), f"expected an ocid, but it {found}"))
    faults: list[Fault] = []
    while True:
        try:
            return shapes.decoder.decode(_encode(value)), faults
        except msgspec.ValidationError as error:
            fault = _leave_out(value, str(error), ocid)
            if fault is None or len(faults) >= MOST_FIELD_FAULTS:
                message = f"more fields of the wrong type than can be left out: {error}"
                raise Unreadable(Fault("E004", "$", None, message, ocid=ocid)) from None
            if not faults or faults[-1].path != fault.path:
                faults.append(fault)
        except msgspec.DecodeError as error:
            raise Unreadable(Fault("E001", "$", None, f"not JSON: {error}", ocid=ocid)) from None


def _encode(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, ValueError):
        raise Unreadable(Fault("E001", "$", None, "not JSON: a half of a character pair stands alone")) from None
    except RecursionError:
        raise Unreadable(Fault("E003", "$", None, "nested too deeply to be read")) from None


def _leave_out(value: dict[str, Any], error: str, ocid: str) -> Fault | None:
    """Take the field that the decoder objects to out of `value`, and say which it was."""
    found = _AT.match(error)
    if found is None or not found["path"]:
        return None
    steps: list[str | int] = [
        name if name else int(number) for name, number in _STEP.findall(found["path"])
    ]
    parent: Any = value
    for step in steps[:-1]:
        parent = parent[step]
    last = steps[-1]
    bad = parent[last]
    if isinstance(parent, list) and bad != {}:
        # An entry of the wrong kind becomes one of which nothing is known; its neighbours keep
        # their places, so that the paths of further faults stay right.
        parent[last] = {}  # type: ignore[index]
    elif isinstance(parent, list):
        del parent[last]  # type: ignore[arg-type]
    else:
        parent[last] = None
    pointer = "".join(f"/{step}" for step in steps)
    code = _code(found["what"], str(last), bad)
    return Fault(code, pointer, _brief(bad), _in_words(found["what"], bad), ocid=ocid)


_DIGITS = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def _code(what: str, name: str, bad: Any) -> str:
    if isinstance(bad, str) and len(bad) > 4 and _DIGITS.fullmatch(bad) and _is_beyond(bad):
        return "E013"
    if "`array" in what:
        return "E014"
    if "Expected `" in what and "got `" in what:
        return "E012" if name in _AMOUNT_NAMES else "E011"
    return "E013"


def _is_beyond(digits: str) -> bool:
    return not math.isfinite(float(digits)) or len(digits) > _MOST_DIGITS


_WORDS = {"array": "a list", "object": "an object", "str": "text", "float": "a number", "int": "a whole number"}


def _in_words(what: str, bad: Any) -> str:
    if "got `" in what:
        wanted = what.split("`")[1].split(" | ")
        words = [_WORDS.get(one, one) for one in wanted if one != "null"]
        return f"expected {' or '.join(words)}, found {_kind(bad)}"
    return what[0].lower() + what[1:]


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names[type(value)]


def _brief(value: Any) -> Any:
    """The value, or its beginning where it is large."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)[:1_000]
    return value
