"""Free coordinates, differences of a score, and what the eigenvalues say, on scores by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from autoem.runtime.arrays import Arrays
from autoem.runtime.coordinates import coordinates
from autoem.runtime.differences import bend
from autoem.runtime.information import Information, information
from autoem.runtime.schema import Schema, VariableSchema

V = VariableSchema
WEIGHT = V("weight", "parameter", "simplex", ("g",), ("k",))
MEAN = V("mean", "parameter", "real", (), ("d",))
SCALE = V("scale", "parameter", "positive", ("k",))
SHARE = V("share", "parameter", "interval", (), lower=-1, upper=1)
COV = V("cov", "parameter", "positive_definite", ("k",), ("d", "d"))
POINT = {
    "weight": np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]]),
    "mean": np.array([1e9, -3.0]),
    "scale": np.array([1e-6, 2.0, 5.0]),
    "share": np.array(-0.25),
    "cov": np.array([[[2.0, 0.5], [0.5, 1.0]], [[3.0, -1.0], [-1.0, 4.0]], np.eye(2)]),
}


def schema_of(*variables: VariableSchema) -> Schema:
    return Schema("Model", ("g", "k", "d"), variables)


EVERY = schema_of(WEIGHT, MEAN, SCALE, SHARE, COV)


def one(variable: VariableSchema, value: object, score: Callable[[np.ndarray], object]) -> object:
    """The information of a model with one parameter."""
    array = np.asarray(value, dtype=float)
    return information(
        schema_of(variable),
        {variable.name: array},
        lambda p: {variable.name: np.asarray(score(p[variable.name]))},
    )


# --- coordinates ---------------------------------------------------------------------------------


def test_every_free_number_has_one_coordinate() -> None:
    near = coordinates(EVERY, POINT, {})
    assert len(near.u) == len(near.labels) == 4 + 2 + 3 + 1 + 9
    assert near.labels[:2] == ("log(weight[0, 0]/weight[0, 1])", "log(weight[0, 2]/weight[0, 1])")
    assert "log L[1, 1] of cov[2]" in near.labels


def test_the_point_of_its_own_coordinates_is_the_point() -> None:
    near = coordinates(EVERY, POINT, {})
    for name, value in near.point(near.u).items():
        np.testing.assert_allclose(value, POINT[name], rtol=1e-14)


@pytest.mark.parametrize("order", ["by rows", "by columns"])
def test_slopes_are_the_derivatives_of_the_point(order: str) -> None:
    point = POINT | {"mean": np.array([1.0, -3.0])}
    if order == "by columns":  # as a transpose is, or a choice of columns
        point = {name: np.asfortranarray(value) for name, value in point.items()}
    fixed = {
        "weight": np.array([[np.nan, 0.5, np.nan], [np.nan] * 3]),
        "cov": np.full((3, 2, 2), np.nan),
    }
    fixed["cov"][1, 0, 1] = fixed["cov"][1, 1, 0] = -1
    near = coordinates(EVERY, point, fixed)
    assert len(near.u) == 3 + 2 + 3 + 1 + 8
    for place, step in enumerate(1e-6 * np.eye(len(near.u))):
        up, down = near.point(near.u + step), near.point(near.u - step)
        for name in point:
            slope = (up[name] - down[name]).reshape(-1) / 2e-6
            np.testing.assert_allclose(near.slopes(name)[:, place], slope, rtol=1e-7, atol=1e-8)


def test_what_is_fixed_or_at_an_edge_does_not_move() -> None:
    point = {"weight": np.array([[0.0, 0.5, 0.5], [0.4, 0.6, 0.0]])}
    fixed = {"weight": np.array([[np.nan] * 3, [0.4, np.nan, np.nan]])}
    near = coordinates(schema_of(WEIGHT), point, fixed)
    assert near.labels == ("log(weight[0, 2]/weight[0, 1])",)
    moved = near.point(near.u + 1)["weight"]
    assert moved[0, 0] == 0 and moved[0].sum() == pytest.approx(1)
    np.testing.assert_array_equal(moved[1], point["weight"][1])


# --- differences ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e9])
def test_a_step_finds_the_scale_of_its_coordinate(offset: float, scale: float) -> None:
    """The score of the location of a logistic curve, which is flat far away."""
    at = np.array([offset * scale])
    found = bend(
        lambda u: -np.tanh((u - at) / scale) / scale,
        at,
        np.maximum(1e-10 * np.abs(at), 1e-10 * scale),
        np.maximum(1e3 * np.abs(at), 1e3 * scale),
    )
    tolerance = 1e-5 if offset == 1e9 else 1e-8
    assert found.matrix[0, 0] * scale**2 == pytest.approx(1, rel=tolerance)
    assert found.scale[0] == pytest.approx(scale, rel=tolerance)


def test_the_matrix_is_minus_the_derivative_and_its_error_is_told() -> None:
    truth = np.array([[2.0, 0.3], [0.3, 1e-4]])
    steps = np.full(2, 1e-4), np.full(2, 1e3)
    found = bend(lambda u: -truth @ np.sin(u), np.zeros(2), *steps)
    np.testing.assert_allclose(found.matrix, truth, rtol=1e-7)
    assert found.error < 1e-7
    wrong = bend(lambda u: -np.array([[2.0, 0.4], [0.2, 1.0]]) @ u, np.zeros(2), *steps)
    assert wrong.error == pytest.approx(0.2 / 2**0.5, rel=1e-6)


def test_a_direction_without_curvature_has_the_longest_step() -> None:
    found = bend(lambda u: np.zeros(1), np.zeros(1), np.full(1, 1e-4), np.full(1, 0.05))
    assert found.matrix[0, 0] == 0 and found.scale[0] == pytest.approx(5)


# --- what the eigenvalues say --------------------------------------------------------------------


def test_a_binomial_share_has_the_standard_error_of_the_textbook() -> None:
    successes, trials = 30, 40
    unit = V("p", "parameter", "interval", (), (), lower=0, upper=1)
    found = one(unit, 0.75, lambda p: successes / p - (trials - successes) / (1 - p))
    assert isinstance(found, Information)
    assert found.kind == "maximum" and found.names == ("logit p",)
    assert found.matrix[0, 0] == pytest.approx(trials * 0.75 * 0.25)
    assert found.standard_errors["p"] == pytest.approx((0.75 * 0.25 / trials) ** 0.5)


def test_multinomial_shares_have_the_covariance_of_the_textbook() -> None:
    counts = np.array([[20.0, 50.0, 30.0], [60.0, 30.0, 10.0]])
    found = one(WEIGHT, counts / 100, lambda p: counts / p)
    assert isinstance(found, Information)
    p = counts[0] / 100
    truth = (np.diag(p) - np.outer(p, p)) / 100
    np.testing.assert_allclose(found.covariance_of("weight")[:3, :3], truth, rtol=1e-7, atol=1e-9)


def test_a_covariance_has_the_standard_errors_of_wishart() -> None:
    n, c = 50, np.array([[2.0, 0.5], [0.5, 1.0]])

    def score(x: np.ndarray) -> np.ndarray:
        p = np.linalg.inv(x[0])
        return np.asarray(n * (p @ c @ p - p) / 2)[None]

    found = one(V("cov", "parameter", "positive_definite", ("k",), ("d", "d")), c[None], score)
    assert isinstance(found, Information)
    d = np.diagonal(c)
    truth = np.sqrt((np.outer(d, d) + c**2) / n)
    np.testing.assert_allclose(found.standard_errors["cov"][0], truth, rtol=1e-7)


def test_an_edge_has_no_standard_error_and_a_reason() -> None:
    """log L = 5 log p_1 + 3 log p_2 - 40 p_0: the first share goes to zero."""
    value = np.array([1e-7, 5 / 8, 3 / 8])
    found = one(
        V("w", "parameter", "simplex", (), ("k",)),
        value,
        lambda p: np.array([-40.0, 5 / p[1], 3 / p[2]]),
    )
    assert isinstance(found, Information)
    assert found.kind == "maximum" and found.reasons == {"w[0]": "at the edge of its domain"}
    errors = found.standard_errors["w"]
    assert np.isnan(errors[0]) and errors[1:] == pytest.approx((5 * 3 / 8**3) ** 0.5, rel=1e-5)
    assert "held there: w[0]" in found.advice


def test_a_collapsed_covariance_is_at_the_edge() -> None:
    cov = V("cov", "parameter", "positive_definite", ("k",), ("d", "d"))
    point = np.array([[[1.0, 1.0], [1.0, 1.0]], [[2.0, 0.0], [0.0, 2.0]]])
    found = one(cov, point, lambda c: 5 * (np.linalg.pinv(c) @ (point - c) @ np.linalg.pinv(c)))
    assert isinstance(found, Information) and len(found.names) == 3
    errors = found.standard_errors["cov"]
    assert np.isnan(errors[0]).all() and (errors[1] > 0).all()


def test_where_the_score_is_no_number_there_is_no_error() -> None:
    found = one(MEAN, [0.0, 0.0], lambda x: np.array([-4 * x[0], -x[1] if x[1] <= 0 else np.nan]))
    assert isinstance(found, Information) and found.names == ("mean[0]",)
    assert found.standard_errors["mean"] == pytest.approx([0.5, np.nan], nan_ok=True)


def test_a_known_edge_is_held() -> None:
    found = information(
        schema_of(SCALE),
        {"scale": np.array([1.0, 2.0])},
        lambda p: {"scale": 1 / p["scale"] - 0.5},
        edges=[("scale", (0,))],
    )
    assert np.isnan(found.standard_errors["scale"][0]) and found.names == ("log scale[1]",)


def test_fixed_entries_are_known() -> None:
    found = information(
        schema_of(SCALE),
        {"scale": np.array([1.0, 2.0])},
        lambda p: {"scale": 10 * (2 / p["scale"] - 1)},
        {"scale": np.array([1.0, np.nan])},
    )
    assert found.names == ("log scale[1]",)
    assert found.standard_errors["scale"] == pytest.approx([0, (4 / 20) ** 0.5])


def test_a_product_alone_is_not_identified_and_its_direction_is_named() -> None:
    """log L = -(a b - 6)^2 / 2 + ..., in which only the product and c are told."""
    mean = V("mean", "parameter", "real", (), ("d",))

    def score(x: np.ndarray) -> np.ndarray:
        a, b, c = x
        return np.array([-(a * b - 6) * b, -(a * b - 6) * a, -(c - 1) * 4])

    found = one(mean, [2.0, 3.0, 1.0], score)
    assert isinstance(found, Information)
    assert found.kind == "not identified" and len(found.directions) == 1
    value, moving = found.directions[0]
    assert abs(value) < 1e-8 and moving["mean[0]"] / moving["mean[1]"] == pytest.approx(-2 / 3)
    assert "mean[2]" not in moving and "mean[0] - 1.5 mean[1]" in found.advice
    assert found.standard_errors["mean"][2] == pytest.approx(0.5)
    assert set(found.reasons) == {"mean[0]", "mean[1]"}


def test_a_saddle_names_the_way_up() -> None:
    found = one(MEAN, [0.0, 0.0], lambda x: np.array([-4 * x[0], x[1]]))
    assert isinstance(found, Information)
    assert found.kind == "saddle" and "rises along mean[1]" in found.advice
    assert np.isnan(found.standard_errors["mean"]).all()
    assert found.eigenvalues == pytest.approx([-1, 1])


def test_where_the_score_is_not_zero_there_is_no_optimum() -> None:
    found = one(MEAN, [0.3, 0.0], lambda x: -4 * x)
    assert isinstance(found, Information)
    assert found.kind == "not stationary" and found.rise == pytest.approx(0.18)
    assert "can still rise by 0.18" in str(found)


def test_all_fixed_is_a_maximum_of_nothing() -> None:
    parameters: Arrays = {"mean": np.array([1.0, 2.0])}
    found = information(schema_of(MEAN), parameters, lambda p: {"mean": p["mean"]}, parameters)
    assert found.kind == "maximum" and found.names == ()
    assert found.standard_errors["mean"].tolist() == [0, 0]


def test_it_survives_being_plain() -> None:
    found = one(MEAN, [0.0, 0.0], lambda x: np.array([-4 * x[0], x[1]]))
    assert isinstance(found, Information)
    again = Information.from_dict(found.to_dict())
    assert str(again) == str(found) and again.names == found.names
    np.testing.assert_array_equal(again.matrix, found.matrix)
    np.testing.assert_array_equal(again.standard_errors["mean"], found.standard_errors["mean"])
    np.testing.assert_array_equal(again.covariance_of("mean"), found.covariance_of("mean"))
