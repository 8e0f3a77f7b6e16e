"""Drawings: files as people draw them, read feature by feature; what is not used is said, and nothing vanishes."""

import json
from typing import Any

import pytest

from comity.errors import LocalError
from comity.model import drawing
from comity.model.drawing import Drawing

SQUARE = [[36.1, 35.8], [36.4, 35.8], [36.4, 36.0], [36.1, 36.0], [36.1, 35.8]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}
POINT = {"type": "Point", "coordinates": [36.25, 35.9]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def read(value: Any, buffer_m: float | None = None) -> Drawing:
    return drawing.read(json.dumps(value).encode(), buffer_m=buffer_m)


def test_each_feature_of_a_file_is_one_with_its_number_and_name() -> None:
    found = read(collection(feature(POINT, name="Clinic 1"), feature(POLYGON, name="Приют"), feature(POINT)))
    assert [(each.number, each.name) for each in found.features] == [(1, "Clinic 1"), (2, "Приют"), (3, None)]
    assert len(found.area.parts) == 3


@pytest.mark.parametrize(
    ("value", "has_extent"),
    [
        (POINT, False),
        (feature(POINT), False),
        (feature(POINT, radius_m=0), True),
        (feature(POINT, radius_m=9260), True),
        (POLYGON, True),
        (collection(feature(POLYGON), feature(POINT)), False),
    ],
)
def test_a_bare_point_has_no_extent_and_one_that_says_its_radius_has(value: Any, has_extent: bool) -> None:
    assert read(value).has_extent is has_extent


def test_a_thousand_features_are_a_drawing_and_one_more_are_refused() -> None:
    assert len(read(collection(*[feature(POINT)] * 1000)).features) == 1000
    with pytest.raises(LocalError, match="at most 1000 features"):
        read(collection(*[feature(POINT)] * 1001))
