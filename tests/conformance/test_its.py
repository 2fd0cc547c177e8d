"""Interrupted series against R's `lm` and `sandwich` on the Seatbelts data; tolerance 1e-9."""

import numpy as np
import pytest

from tests.conformance.reference import picked, table
from troth.measure.interrupted import interrupted


@pytest.mark.parametrize(("model", "slope"), [("level+slope", True), ("level only", False)])
def test_newey_west_on_seatbelts(model: str, slope: bool) -> None:
    series, expected = table("its/seatbelts.csv"), table("its/its_seatbelts_ols_neweywest.csv")
    expected = picked(expected, expected["model"] == model)
    first, change = np.datetime64("1969-01"), np.datetime64("1983-02")
    found = interrupted(series["drivers"], first, change, slope=slope)
    corrected = interrupted(series["drivers"], first, change, slope=slope, corrected=True)
    assert len(found.terms) == len(expected["term"])
    assert np.allclose(found.coef, expected["coef"], rtol=0, atol=1e-9)
    assert np.allclose(found.std_err_plain, expected["se_ols"], rtol=0, atol=1e-9)
    assert np.allclose(found.std_err, expected["se_nw12"], rtol=0, atol=1e-9)
    assert np.allclose(corrected.std_err, expected["se_nw12_adj"], rtol=0, atol=1e-9)
    assert (found.before, found.after) == (169, 23)
