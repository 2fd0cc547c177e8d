"""Releases invented by Hypothesis: mostly as OCDS would have them, now and then of any other type."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


def _some(*usual: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(usual)


def _object(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object that may lack any of its members."""
    return st.fixed_dictionaries({}, optional=members)


ORGANIZATION = _object(id=_some("A", "B", "C", "D"))
VALUE = _object(amount=_some(0, 100, 100, 105.5, 110, 150), currency=_some("USD"))
MOMENT = _some("2020-01-01T00:00:00Z", "2020-01-10T00:00:00+02:00", "2020-02-01T00:00:00Z", "2020")
ITEM = _object(classification=_object(id=_some("1000", "1100", "2000")))
BID = _object(
    status=_some("valid", "valid", "valid", "disqualified", "disqualified", "invited", "odd"),
    value=VALUE,
    date=MOMENT,
    tenderers=st.lists(ORGANIZATION, max_size=2),
)
AWARD = _object(
    status=_some("active", "active", "active", "cancelled", "pending"),
    suppliers=st.lists(ORGANIZATION, max_size=2),
    items=st.lists(ITEM, max_size=2),
)
TENDER = _object(
    tenderPeriod=_object(startDate=MOMENT, endDate=MOMENT),
    procurementMethod=_some("open", "direct"),
    procurementMethodDetails=_some("X", "NPC"),
    numberOfTenderers=_some(1, 2),
    status=_some("active", "active", "active", "cancelled"),
    procuringEntity=ORGANIZATION,
)
RELEASE = _object(
    tender=TENDER,
    buyer=ORGANIZATION,
    bids=_object(details=st.lists(BID, max_size=4)),
    awards=st.lists(AWARD, max_size=2),
)


@st.composite
def releases(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some releases, each with an ocid of its own."""
    drawn = draw(st.lists(RELEASE, max_size=8))
    return [{"ocid": f"o{number}", **one} for number, one in enumerate(drawn)]


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A release in which something is anything, or no release at all."""
    made = {"ocid": draw(_some("o", "o", 1)), **draw(RELEASE)}
    if draw(st.integers(0, 9)) == 0:
        return draw(JUNK)
    for _ in range(draw(st.integers(1, 3))):
        _spoil(draw, made)
    return made


def _spoil(draw: st.DrawFn, value: Any) -> None:
    """Put anything somewhere into an object or a list."""
    while value:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = draw(st.sampled_from(keys))
        if not isinstance(value[key], dict | list) or draw(st.integers(0, 3)) == 0:
            value[key] = draw(JUNK)
            return
        value = value[key]
