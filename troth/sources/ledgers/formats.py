"""Every format of ledgers there is: the templates, and what others publish.

A new format is a module of its own beside this one, and a line here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from troth.errors import InputError, UsageError
from troth.sources.ledgers import (
    alaveteli,
    cn_foi,
    es_pmp,
    event_log,
    it_invoices,
    nz_oia,
    oc4ids,
    ocds_implementation,
    open311,
    ph_advances,
    popolo,
    uk_contracts,
    uk_housing_ombudsman,
    uk_performance,
    uk_spend,
    us_promises,
    us_settlements,
    world_mayors,
    za_creditors,
)
from troth.sources.ledgers.base import Format
from troth.sources.ledgers.templates import TEMPLATES
from troth.tables.walls import is_person_like

#: What others publish, by name.
PUBLISHED: Mapping[str, Format] = {
    one.name: one
    for one in (
        alaveteli.ALAVETELI,
        cn_foi.CN_FOI_ANNUAL,
        es_pmp.ES_PMP,
        es_pmp.ES_PMP_TRANSCRIBED,
        event_log.EVENT_LOG,
        event_log.XES_LOG,
        it_invoices.IT_INVOICES,
        nz_oia.NZ_OIA,
        oc4ids.OC4IDS,
        ocds_implementation.OCDS_IMPLEMENTATION,
        open311.OPEN311,
        ph_advances.PH_ADVANCES,
        popolo.POPOLO,
        uk_contracts.UK_CONTRACT_REGISTER,
        uk_housing_ombudsman.UK_HOUSING_OMBUDSMAN,
        uk_performance.UK_PERFORMANCE,
        uk_spend.UK_COUNCIL_SPEND,
        uk_spend.UK_DEPARTMENT_SPEND,
        us_promises.US_PROMISES,
        us_settlements.US_SETTLEMENTS,
        world_mayors.WORLD_MAYORS,
        za_creditors.ZA_CREDITORS,
    )
}

FORMATS: Mapping[str, Format] = {**TEMPLATES, **PUBLISHED}


def named(name: str) -> Format:
    """The format of this name."""
    if name not in FORMATS:
        raise UsageError(f"no format is called {name!r}. There are: {', '.join(FORMATS)}")
    return FORMATS[name]


def is_known(header: Sequence[str]) -> bool:
    return any(one.recognises(header) for one in _told_by_columns())


def _told_by_columns() -> list[Format]:
    return [one for one in FORMATS.values() if not one.nested]


def recognised(header: Sequence[str], path: Path, line: int) -> Format:
    """The one format with this header. Raises `InputError` where there is none, or more than one."""
    found = [one for one in _told_by_columns() if one.recognises(header)]
    if len(found) == 1:
        return found[0]
    where = f"{path}, line {line}"
    if found:
        names = ", ".join(one.name for one in found)
        raise InputError(
            f"{where}: these columns are those of more than one format: {names}. Name the one meant"
        )
    persons = [name for name in header if is_about_a_person(name)]
    others = [name for name in header if name not in persons]
    if persons and is_known(others):
        raise InputError(
            f"{where}: {_columns(persons)} would name a person, and nothing about persons is"
            " taken in (docs/no-persons.md). Leave it out"
        )
    raise InputError(f"{where}: {_unlike(header, persons)}")


def must_be(one: Format, header: Sequence[str], path: Path, line: int) -> None:
    """Refuse a file that was said to be of this format and lacks its columns."""
    if not one.recognises(header):
        raise InputError(f"{path}, line {line}: not {one.name}: {_differences(one, header)}")


def is_about_a_person(name: str) -> bool:
    """Whether a column is called like a person's data; a body may have a name."""
    words = name.lower().replace(" ", "_").split("_")
    return is_person_like(name) or (words[-1] == "name" and name != "body_name")


def _unlike(header: Sequence[str], persons: Sequence[str]) -> str:
    closest = max(TEMPLATES.values(), key=lambda one: _likeness(one, header))
    said = (
        f"no ledger has these columns. The closest is `{closest.name}`:"
        f" {_differences(closest, header)}. `troth template {closest.name}` writes what it has"
    )
    if persons:
        said += f". Columns that would name a person are never taken in: {', '.join(persons)}"
    return said


def _likeness(one: Format, header: Sequence[str]) -> float:
    """How much of what stands in the two is in both."""
    found = set(header)
    return len(found & one.known) / len(found | set(one.needed))


def _differences(one: Format, header: Sequence[str]) -> str:
    lacking = [name for name in one.needed if name not in header]
    further = [name or "a column without a name" for name in header if name not in one.known]
    parts = [f"it needs {', '.join(lacking)}"] if lacking else []
    if one.closed and further:
        parts.append(f"it does not have {', '.join(further)}")
    return " and ".join(parts)


def _columns(names: Sequence[str]) -> str:
    return f"the column {names[0]}" if len(names) == 1 else f"the columns {', '.join(names)}"
