"""The slow, careful reader: what the hot pass could not decode, and why.

It reads one JSON value with Python's own parser, names what is wrong with byte, path and value,
and gives back whatever can be kept: a release with the bad fields left out, or nothing.

A value is shown only where no person can stand in it: what was found in place of a list, an object,
or anything about a supplier or tenderer is named by its kind alone, and so is text that is no JSON.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from troth.sources.files import LONGEST_LINE
from troth.sources.ocds import shapes
from troth.sources.ocds.faults import Fault
from troth.sources.ocds.redact import SHOWN

#: Fields of one record that are left out one by one; beyond that the record itself is refused.
MOST_FIELD_FAULTS = 1_000

#: Parts of a record in which a person may stand.
_OF_PERSONS = frozenset({"parties", "suppliers", "tenderers"})

_AMOUNT_NAMES = frozenset({"amount", "value", "quantity"})

#: Names that make a record or a package of what stands where a release was expected.
_NOT_OF_A_RELEASE = ("compiledRelease", "releases", "records")


class Unreadable(Exception):
    """The whole value has to be refused; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Beyond(str):
    """A number beyond all range, as it was written."""


class Twice(dict[str, Any]):
    """An object that gave some names more than once; the last value of each was kept."""

    twice: tuple[str, ...] = ()


def parse(raw: bytes, audit: bool = False) -> Any:
    """The JSON value in `raw`; raises `Unreadable`. With `audit`, an object that gives a name twice
    becomes `Twice`."""
    if len(raw) > LONGEST_LINE:
        raise Unreadable(
            Fault(
                "E009",
                "$",
                None,
                f"a record of {len(raw):,} bytes; at most {LONGEST_LINE:,} are read",
            )
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        value = repr(raw[error.start : error.start + 1])
        message = f"byte {error.start + 1} of the record is not UTF-8"
        raise Unreadable(Fault("E002", "$", value, message, at=error.start)) from None
    try:
        return json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_sized,
            object_pairs_hook=_audited if audit else None,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(_not_json(text, error)) from None
    except RecursionError:
        raise Unreadable(Fault("E003", "$", None, "nested too deeply to be read")) from None
    except ValueError as error:  # NaN and Infinity
        raise Unreadable(
            Fault("E001", "$", str(error), f"not JSON: {error} is no JSON number")
        ) from None


def _not_json(text: str, error: json.JSONDecodeError) -> Fault:
    at = len(text[: error.pos].encode())
    if error.msg == "Extra data":
        message = (
            f"a second JSON value begins at byte {at + 1} of the record; give one value a line"
        )
    else:
        message = f"not JSON at byte {at + 1} of the record: {error.msg[:1].lower()}{error.msg[1:]}"
    found = text[error.pos : error.pos + 1]
    return Fault("E001", "$", repr(found) if found else "the end", message, at=at)


def _no_constant(name: str) -> None:
    raise ValueError(name)


#: Digits of the longest whole number that Python and msgspec read.
_MOST_DIGITS = 4_300


def _finite(digits: str) -> float | Beyond:
    number = float(digits)
    return number if math.isfinite(number) else Beyond(digits)


def _sized(digits: str) -> int | Beyond:
    return int(digits) if len(digits) <= _MOST_DIGITS else Beyond(digits)


def _audited(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) == len(pairs):
        return built
    marked = Twice(built)
    names = [name for name, _ in pairs]
    marked.twice = tuple(name for name in built if names.count(name) > 1)
    return marked


def named_twice(value: Any, path: str = "") -> Iterator[str]:
    """The JSON pointer of every name that an audited value gave twice.

    A name that the standard does not know is shown as `?`: anything may stand in it.
    """
    if isinstance(value, dict):
        if isinstance(value, Twice):
            yield from (f"{path}/{_known(name)}" for name in value.twice)
        for name, inner in value.items():
            yield from named_twice(inner, f"{path}/{_known(name)}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from named_twice(inner, f"{path}/{number}")


def _known(name: str) -> str:
    return name if name in SHOWN else "?"


def release(value: Any) -> tuple[shapes.Release, list[Fault]]:
    """A release from a parsed value, without the fields that cannot be used; or `Unreadable`.

    The value is used up: a record may be large, and is not held twice.
    """
    if not isinstance(value, dict):
        shown = value if isinstance(value, int | float) else None
        raise Unreadable(
            Fault("E004", "$", shown, f"expected an OCDS release, found {_kind(value)}")
        )
    ocid = value.get("ocid")
    if not isinstance(ocid, str) or not ocid or not _is_text(ocid):
        found = "is missing" if "ocid" not in value else f"is {_kind(ocid)}"
        if isinstance(ocid, str):
            found = "holds half of a pair of characters" if ocid else "is empty"
        shown = ocid if isinstance(ocid, int | float) else None
        raise Unreadable(Fault("E005", "/ocid", shown, f"expected an ocid, but it {found}"))
    for name in _NOT_OF_A_RELEASE:
        if value.get(name) is not None:
            message = f"expected a release, found something with {name} ({_kind(value[name])})"
            raise Unreadable(Fault("E004", f"/{name}", None, message, ocid=ocid))
    fitting = _Fitting(ocid)
    found = fitting.fit(value, _release_type(), "")
    assert isinstance(found, shapes.Release)
    return found, fitting.faults


def tenderers(raw: bytes, ocid: str) -> tuple[list[shapes.Reference], list[Fault]]:
    """tender/tenderers from its text as it stands (JSON), without what cannot be used."""
    fitting = _Fitting(ocid)
    listed = fitting.fit(parse(raw), _tenderers_type(), "/tender/tenderers")
    return ([] if listed is _LEFT_OUT else listed or []), fitting.faults


def parties(raw: bytes) -> list[shapes.Party]:
    """The parties of a release from its text, without what cannot be used of them."""
    found = parse(raw).get("parties")
    fitted = _Fitting("").fit(found, inspect.type_info(list[shapes.Party]), "/parties")
    return [] if fitted is _LEFT_OUT else fitted


@functools.cache
def _tenderers_type() -> inspect.Type:
    return inspect.type_info(list[shapes.Reference] | None)


@functools.cache
def _release_type() -> inspect.Type:
    return inspect.type_info(shapes.Release)


def refuse_package(value: Any) -> None:
    """Raise `Unreadable` for a package or list that only this reader can parse: the places of its
    releases are not known."""
    if isinstance(value, dict) and all(value.get(name) is None for name in _NOT_OF_A_RELEASE):
        return
    if isinstance(value, dict | list):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Unreadable(
                Fault("E001", "$", None, f"somewhere in this package or list, {_HALF}")
            ) from None
        raise Unreadable(Fault("E003", "$", None, "nested too deeply to be read"))


#: Stands for a value that does not fit and was left out.
_LEFT_OUT = object()


class _Fitting:
    """One value made to fit the shapes of `shapes.py`; what does not fit is reported."""

    def __init__(self, ocid: str) -> None:
        self.ocid = ocid
        self.faults: list[Fault] = []

    def fit(self, value: Any, wanted: inspect.Type, path: str) -> Any:
        """The value as far as it fits, or `_LEFT_OUT`."""
        types = wanted.types if isinstance(wanted, inspect.UnionType) else (wanted,)
        for one in types:
            if _fits(value, one):
                if isinstance(one, inspect.StructType):
                    return self._object(value, one, path)
                if isinstance(one, inspect.ListType):
                    return self._list(value, one, path)
                return self._single(value, one, path)
        self._report(_code(value, types, path), path, value, types, _expected(value, types))
        return _LEFT_OUT

    def _object(
        self, value: dict[str, Any], wanted: inspect.StructType, path: str
    ) -> msgspec.Struct:
        found = {}
        for field in wanted.fields:
            name = field.encode_name
            if name in value and not isinstance(field.type, inspect.RawType):
                inner = self.fit(value.pop(name), field.type, f"{path}/{name}")
                if inner is not _LEFT_OUT:
                    found[name] = inner
        if wanted.cls is shapes.Tender and found.get("numberOfTenderers") is None:
            # As in the hot pass: looked at only where no number of tenderers is stated.
            listed = self.fit(value.pop("tenderers", None), _tenderers_type(), f"{path}/tenderers")
            found["tenderers"] = msgspec.Raw(
                msgspec.json.encode(None if listed is _LEFT_OUT else listed)
            )
        return wanted.cls(**found)

    def _list(self, value: list[Any], wanted: inspect.ListType, path: str) -> list[Any]:
        """The entries that fit. In a list of objects, one of the wrong kind becomes one of which
        nothing is known, so that its neighbours keep their places."""
        of_objects = isinstance(wanted.item_type, inspect.StructType)
        found = []
        for number, inner in enumerate(value):
            value[number] = None
            fitted = self.fit(inner, wanted.item_type, f"{path}/{number}")
            if fitted is not _LEFT_OUT:
                found.append(fitted)
            elif of_objects:
                assert isinstance(wanted.item_type, inspect.StructType)
                found.append(wanted.item_type.cls())
        return found

    def _single(self, value: Any, wanted: inspect.Type, path: str) -> Any:
        if isinstance(wanted, inspect.StrType) and not _is_text(value):
            self._report("E011", path, None, (), _HALF)
            return _LEFT_OUT
        if isinstance(wanted, inspect.IntType | inspect.FloatType):
            low, high = wanted.ge, wanted.le
            if (low is not None and value < low) or (high is not None and value > high):
                self._report(
                    "E013",
                    path,
                    value,
                    (wanted,),
                    f"expected a number from {low:,.0f} to {high:,.0f}",
                )
                return _LEFT_OUT
        return float(value) if isinstance(wanted, inspect.FloatType) else value

    def _report(
        self, code: str, path: str, value: Any, types: tuple[inspect.Type, ...], message: str
    ) -> None:
        if len(self.faults) >= MOST_FIELD_FAULTS:
            message = (
                f"more than {MOST_FIELD_FAULTS:,} values of the wrong type; the last: {message}"
            )
            raise Unreadable(Fault("E004", path, None, message, ocid=self.ocid))
        self.faults.append(Fault(code, path, _shown(value, types, path), message, ocid=self.ocid))


_HALF = "half of a pair of characters stands alone (\\ud800 to \\udfff)"


def _is_text(value: str) -> bool:
    """Whether a text can be written in any encoding: JSON allows halves of characters, nothing else does."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


_KINDS: dict[type, type | tuple[type, ...]] = {
    inspect.NoneType: type(None),
    inspect.StrType: str,
    inspect.IntType: int,
    inspect.FloatType: (int, float),
    inspect.ListType: list,
    inspect.StructType: dict,
}


def _fits(value: Any, wanted: inspect.Type) -> bool:
    """Whether a JSON value is of this kind; its size and its parts are looked at afterwards."""
    if isinstance(wanted, inspect.BoolType):
        return isinstance(value, bool)
    odd = isinstance(value, bool | Beyond)
    return not odd and isinstance(value, _KINDS[type(wanted)])


def _code(value: Any, types: tuple[inspect.Type, ...], path: str) -> str:
    if isinstance(value, Beyond):
        return "E013"
    if any(isinstance(one, inspect.ListType) for one in types):
        return "E014"
    return "E012" if path.rsplit("/", 1)[-1] in _AMOUNT_NAMES else "E011"


_WORDS: dict[type, str] = {
    inspect.ListType: "a list",
    inspect.StructType: "an object",
    inspect.StrType: "text",
    inspect.BoolType: "true or false",
    inspect.FloatType: "a number",
    inspect.IntType: "a whole number",
}


def _expected(value: Any, types: tuple[inspect.Type, ...]) -> str:
    words = [_WORDS[type(one)] for one in types if type(one) in _WORDS]
    if "a number" in words and "a whole number" in words:
        words.remove("a whole number")
    return f"expected {' or '.join(words) or 'nothing'}, found {_kind(value)}"


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Beyond):
        return "a number beyond all reason"
    if isinstance(value, float) and not value.is_integer():
        return "a number with decimals"
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "an object")


def _shown(value: Any, types: tuple[inspect.Type, ...], path: str) -> Any:
    """The value where no person can stand in it: something single in place of something single."""
    single = (inspect.StrType, inspect.IntType, inspect.FloatType, inspect.BoolType)
    if isinstance(value, dict | list) or not any(isinstance(one, single) for one in types):
        return None
    return None if _OF_PERSONS & set(path.split("/")) else value
