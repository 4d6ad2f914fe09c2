"""Elements are sympy symbols with an identity of their own, signs, and a fixed order."""

from __future__ import annotations

import pickle

import pytest
import sympy

from autoem.derive.index import Lookup, fresh
from autoem.derive.quantity import Element, Quantity, elements, indices_of
from tests.derive.world import N, Q, beta, group, s, theta, v, x

n, m, q, r = fresh(N), fresh(N), fresh(Q), fresh(Q)


def test_an_element_is_its_quantity_at_its_indices() -> None:
    assert Element(x, (n,)) == Element(x, (n,))
    assert Element(x, (n,)) != Element(x, (m,))
    assert Element(Quantity("x", (N,)), (n,)) != Element(Quantity("x", (N,)), (n,))


def test_the_square_of_a_sum_keeps_two_indices() -> None:
    """sympy would merge f[q] f[q] into one; f[q] f[r] it leaves alone."""
    product = Element(beta, (q,)) * Element(beta, (r,))
    assert set(indices_of(product)) == {q, r}
    assert indices_of(Element(beta, (q,)) ** 2) == (q,)


def test_signs_are_known_to_sympy() -> None:
    scale, free = Element(s, (0,)), Element(x, (n,))
    assert scale.is_positive and free.is_real and free.is_positive is None
    assert sympy.expand_log(sympy.log(scale / theta_element())) == sympy.log(scale) - sympy.log(
        theta_element()
    )
    assert Element(Quantity("count", (), "nonnegative")).is_nonnegative


def theta_element() -> Element:
    return Element(theta)


def test_the_order_of_elements_is_that_of_their_names() -> None:
    found = elements(Element(v, (n, q)) * Element(beta, (q,)) + Element(x, (n,)))
    assert found == tuple(sorted(found, key=lambda element: element.name))
    assert [element.base for element in found] == [beta, v, x]


def test_the_indices_inside_lookups_are_mentioned() -> None:
    looked_up = Element(s, (Lookup(group, (n,)),))
    assert indices_of(looked_up) == (n,)
    assert set(indices_of(looked_up * Element(x, (m,)))) == {n, m}


def test_an_element_leaves_no_session() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Element(x, (n,)))
