"""Without the values that a property fails with, nobody can chase the failure."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st


def test_a_property_that_fails_shows_them() -> None:
    @settings(database=None, phases=[Phase.generate, Phase.shrink])
    @given(st.fixed_dictionaries({"value": st.integers()}))
    def is_small(resource: dict[str, int]) -> None:
        assert resource["value"] < 7

    with pytest.raises(AssertionError) as failure:
        is_small()
    assert "resource={'value': 7}" in "\n".join(failure.value.__notes__)
