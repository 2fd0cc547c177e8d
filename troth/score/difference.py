"""Why a level is another one in a later release: parts by cause and indicator that add up exactly.

The old release is scored again, then one thing after the other is replaced by that of the new:
corrections, the body's own data, what its peers say, the recipe (METHODS C.2; `attribution.change`).
What a body's contribution changes by at each step is a row. Contributions are whole millionths of a
point, so the rows of a body sum to the change of its published level to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.score.attribution import Inputs, Named, change
from troth.score.cells import Cells, Priors, cells_for, cells_of, groups_of, priors_of
from troth.score.level import MICRO, levels_from
from troth.score.recipe import Recipe

#: The causes in the order in which they are replaced, as `attribution.ORDER` has them.
CAUSES = {"corrections": "correction", "data": "data", "peers": "peers", "method": "method"}


@dataclass(frozen=True)
class Side:
    """One release: its name, what its levels were made of, and the levels as it published them.

    `made_by` is the version that made it, `last` its table `last_published`.
    """

    name: str
    measurement: pa.Table
    body: pa.Table
    recipe: Recipe
    score: pa.Table
    contribution: pa.Table
    made_by: str
    last: pa.Table | None = None


@dataclass(frozen=True)
class Part:
    """What one cause changed through one indicator, in millionths of a point.

    `old` and `new` name what was replaced by what; `before` and `after` are the contributions of
    the indicator around the step. `n` and `hits` are the body's own counts on both sides; where the
    figure is no share there are no hits, and `old_value` and `new_value` are the figures.
    """

    body_id: str
    indicator: str
    cause: str
    old: str
    new: str
    before: int
    after: int
    old_hits: int | None
    old_n: int
    new_hits: int | None
    new_n: int
    old_value: float | None = None
    new_value: float | None = None

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Change:
    """One body with a level in both releases: both levels, and the change by cause, all in
    millionths of a point."""

    body_id: str
    before: int
    after: int
    by_cause: dict[str, int]

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Difference:
    """All changes and their parts; and the bodies that have a level on one side alone."""

    changes: tuple[Change, ...]
    parts: tuple[Part, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]


def difference(old: Side, new: Side) -> Difference:
    """Split the change of every level between two releases.

    Where today's code does not give what a release published, the rest is the doing of the code
    that made it, and so of the method.
    """
    ids_old, ids_new = _published(old), _published(new)
    bodies = pa.array(sorted(ids_old & ids_new), pa.string())
    codes = tuple(sorted({*old.recipe.weights, *new.recipe.weights}))
    steps = change(lambda inputs: _contributions(inputs, bodies, codes), _inputs(old), _inputs(new))
    first, last = (_published_parts(side, bodies, codes) for side in (old, new))
    # Steps begin and end at what was published. Where today's code gives another figure, that is
    # the doing of the code that made a release, and so of the method, which comes last.
    drift = first - steps[0].before
    states = [step.before + drift for step in steps] + [last]
    counts = [cells_of(side.measurement, codes, bodies) for side in (old, new)]
    parts = [
        Part(
            bodies[int(row)].as_py(),
            codes[column],
            CAUSES[step.replaced],
            step.old,
            step.new,
            int(before[row, column]),
            int(after[row, column]),
            _hits_of(counts[0], int(row), int(column)),
            int(counts[0].n[row, column]),
            _hits_of(counts[1], int(row), int(column)),
            int(counts[1].n[row, column]),
            *(_value_of(cells, int(row), int(column)) for cells in counts),
        )
        for step, before, after in zip(steps, states, states[1:], strict=False)
        for row, column in np.argwhere(after != before)
    ]
    by_cause = {
        CAUSES[step.replaced]: (after - before).sum(axis=1)
        for step, before, after in zip(steps, states, states[1:], strict=False)
    }
    changes = tuple(
        Change(
            body_id,
            int(first[row].sum()),
            int(last[row].sum()),
            {cause: int(sums[row]) for cause, sums in by_cause.items()},
        )
        for row, body_id in enumerate(bodies.to_pylist())
    )
    return Difference(
        changes,
        tuple(sorted(parts, key=lambda part: part.body_id)),
        tuple(sorted(ids_old - ids_new)),
        tuple(sorted(ids_new - ids_old)),
    )


def _published(side: Side) -> set[str]:
    """The bodies with a level under the recipe of the release."""
    own = pc.and_(
        pc.equal(side.score["recipe"], side.recipe.label), pc.is_valid(side.score["level"])
    )
    return set(side.score["body_id"].filter(own).to_pylist())


def _inputs(side: Side) -> Inputs:
    return Inputs(
        data=Named(side.name, side),
        method=Named(f"{side.recipe.label}, troth {side.made_by}", side.recipe),
        peers=Named(f"peers in {side.name}", side),
        corrections=Named("none recorded", None),
    )


def _contributions(inputs: Inputs, bodies: pa.Array, codes: tuple[str, ...]) -> np.ndarray:
    """Contributions in points, of shape (bodies, codes); 0 for an indicator that takes no part."""
    recipe: Recipe = inputs.method.value
    data, peers = inputs.data.value, inputs.peers.value
    found = levels_from(
        cells_for(data.measurement, recipe, bodies, data.last),
        *_peers_of(peers, bodies, recipe),
        recipe,
        gates=False,
    )
    points = np.zeros((len(bodies), len(codes)))
    points[:, [codes.index(code) for code in recipe.codes]] = found.micropoints / MICRO
    return points


def _peers_of(side: Side, bodies: pa.Array, recipe: Recipe) -> tuple[np.ndarray, Priors]:
    """The groups of these bodies in a release, and what their peers say there."""
    cells: Cells = cells_for(side.measurement, recipe, last=side.last)
    groups = groups_of(cells.bodies, side.body, recipe)
    priors = priors_of(cells, groups, recipe)
    at = pc.index_in(bodies, cells.bodies).to_numpy()
    return groups[at], Priors(*(getattr(priors, one.name)[at] for one in fields(Priors)))


def _published_parts(side: Side, bodies: pa.Array, codes: tuple[str, ...]) -> np.ndarray:
    """Millionths of a point as the release published them."""
    own = pc.and_(
        pc.equal(side.contribution["recipe"], side.recipe.label),
        pc.is_in(side.contribution["body_id"], bodies),
    )
    rows = side.contribution.filter(own)
    found = np.zeros((len(bodies), len(codes)))
    at = (
        pc.index_in(rows["body_id"], bodies).to_numpy(),
        pc.index_in(rows["indicator"], pa.array(codes, pa.string())).to_numpy(),
    )
    found[at] = rows["micropoints"].to_numpy()
    return found


def _hits_of(cells: Cells, row: int, column: int) -> int | None:
    return None if cells.figure[column] else int(cells.hits[row, column])


def _value_of(cells: Cells, row: int, column: int) -> float | None:
    value = float(cells.value[row, column])
    return None if np.isnan(value) else value
