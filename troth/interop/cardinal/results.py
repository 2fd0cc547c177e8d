"""Cardinal's results object: values by group, id and code; quartiles and fences; maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from troth.interop.cardinal.quartiles import Quartiles, shown
from troth.sources.persons import is_natural_person

GROUPS = OCID, BUYER, PROCURING_ENTITY, TENDERER = (
    "OCID",
    "Buyer",
    "ProcuringEntity",
    "Tenderer",
)

#: Indicators whose flagged tenderers are mapped.
MAPPED = ("R024", "R028", "R030", "R035", "R058")


@dataclass
class Maps:
    """From contracting processes to organizations: what `--map` shows."""

    buyer: dict[str, str] = field(default_factory=dict)
    procuring_entity: dict[str, str] = field(default_factory=dict)
    tenderer: dict[str, set[str]] = field(default_factory=dict)
    flagged: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: {code: {} for code in MAPPED}
    )

    def as_json(self) -> dict[str, Any]:
        return {
            "ocid_buyer_r038": self.buyer,
            "ocid_procuringentity_r038": self.procuring_entity,
            "ocid_tenderer": _sorted(self.tenderer),
            **{f"ocid_tenderer_{code.lower()}": _sorted(self.flagged[code]) for code in MAPPED},
        }

    def without_persons(self) -> Maps:
        return Maps(
            _of_others(self.buyer),
            _of_others(self.procuring_entity),
            _without_persons(self.tenderer),
            {code: _without_persons(found) for code, found in self.flagged.items()},
        )


@dataclass
class Results:
    """What the indicators found so far. Ids stand in the order in which they were flagged."""

    groups: dict[str, dict[str, dict[str, float]]] = field(
        default_factory=lambda: {group: {} for group in GROUPS}
    )
    meta: dict[str, dict[str, float]] = field(default_factory=dict)
    maps: Maps = field(default_factory=Maps)

    def flag(self, group: str, key: str, code: str, value: float) -> None:
        self.groups[group].setdefault(key, {})[code] = value

    def flag_tenderers(self, ocid: str, ids: Iterable[str], code: str, value: float) -> None:
        """Flag tenderers within a process, and remember in which."""
        mapped = self.maps.flagged[code].setdefault(ocid, set())
        for one in ids:
            self.flag(TENDERER, one, code, value)
            mapped.add(one)

    def tell_quartiles(self, code: str, found: Quartiles, prefix: str = "") -> None:
        self.tell(code, f"{prefix}q1", found.first)
        self.tell(code, f"{prefix}q3", found.third)

    def tell(self, code: str, name: str, value: float) -> None:
        """A figure behind the results, for `Meta`."""
        self.meta.setdefault(code, {})[name] = value

    def counts(self) -> dict[str, int]:
        """How many ids each group has; groups without any are left out."""
        return {group: len(found) for group, found in self.groups.items() if found}

    def without_persons(self) -> tuple[Results, int]:
        """What may be shown, and how many results were left out: those of organizations whose
        identifier, as written, is that of a natural person. `Meta` stays what it was."""
        kept = {
            group: {
                key: codes for key, codes in found.items() if group == OCID or not _is_person(key)
            }
            for group, found in self.groups.items()
        }
        left_out = sum(
            len(codes)
            for group, found in self.groups.items()
            for key, codes in found.items()
            if key not in kept[group]
        )
        return replace(self, groups=kept, maps=self.maps.without_persons()), left_out

    def as_json(self, *, meta: bool = True, maps: bool = False) -> dict[str, Any]:
        """The object that Cardinal prints; NaN and infinity stand for null in JSON."""
        made: dict[str, Any] = {
            group: {key: dict(sorted(codes.items())) for key, codes in found.items()}
            for group, found in self.groups.items()
            if found
        }
        if meta:
            made["Meta"] = {
                code: {name: shown(value) for name, value in self.meta[code].items()}
                for code in sorted(self.meta)
            }
        if maps:
            made["Maps"] = self.maps.as_json()
        return made


def _is_person(key: str) -> bool:
    return is_natural_person(key.strip())


def _of_others(organizations: Mapping[str, str]) -> dict[str, str]:
    return {ocid: one for ocid, one in organizations.items() if not _is_person(one)}


def _without_persons(sets: Mapping[str, set[str]]) -> dict[str, set[str]]:
    return {ocid: {one for one in ids if not _is_person(one)} for ocid, ids in sets.items()}


def _sorted(sets: Mapping[str, set[str]]) -> dict[str, list[str]]:
    return {ocid: sorted(ids) for ocid, ids in sets.items()}
