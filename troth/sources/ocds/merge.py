"""Releases of one process made into one compiled release.

The rules are those of the OCDS 1.1 release schema (merging), written here as facts because the
merging library would otherwise fetch the schema from the web.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from troth.sources.ocds.careful import Unreadable
from troth.sources.ocds.faults import Fault

_OMITTED = (("id",), ("date",))

_WHOLE_LISTS = (
    "tag",
    "parties/additionalIdentifiers",
    "parties/roles",
    "buyer/additionalIdentifiers",
    "tender/procuringEntity/additionalIdentifiers",
    "tender/items/additionalClassifications",
    "tender/additionalProcurementCategories",
    "tender/submissionMethod",
    "tender/tenderers/additionalIdentifiers",
    "tender/amendments/changes",
    "tender/amendment/changes",
    "awards/suppliers/additionalIdentifiers",
    "awards/items/additionalClassifications",
    "awards/amendments/changes",
    "awards/amendment/changes",
    "contracts/items/additionalClassifications",
    "contracts/implementation/transactions/payer/additionalIdentifiers",
    "contracts/implementation/transactions/payee/additionalIdentifiers",
    "contracts/relatedProcesses/relationship",
    "contracts/amendments/changes",
    "contracts/amendment/changes",
    "relatedProcesses/relationship",
)

_RULES = dict.fromkeys(_OMITTED, "omitWhenMerged") | {
    tuple(path.split("/")): "wholeListMerge" for path in _WHOLE_LISTS
}


def is_compiled(release: dict[str, Any]) -> bool:
    """Whether a release says of itself that it is compiled, so that it must not be merged again."""
    tag = release.get("tag")
    tags = tag if isinstance(tag, list) else [tag]
    return "compiled" in [one.strip() for one in tags if isinstance(one, str)]


def merged(releases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One compiled release of several releases of one ocid; raises `Unreadable` where they clash."""
    # Imported here: few inputs have several releases of a process.
    from ocdsmerge import Merger

    try:
        # It warns of ids that stand twice in a list, and keeps the last of them.
        with warnings.catch_warnings(action="ignore"):
            found: dict[str, Any] = Merger(merge_rules=_RULES).create_compiled_release(
                list(releases)
            )
        return found
    except Exception as error:  # noqa: BLE001  # the library raises what it meets in dirty data, of many types
        ocid = str(releases[0].get("ocid"))
        message = (
            f"the releases of this process cannot be merged: {str(error) or type(error).__name__}"
        )
        raise Unreadable(Fault("E008", "$", None, message, ocid=ocid)) from None
