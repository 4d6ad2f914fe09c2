"""The elementwise functions of array programs."""

from __future__ import annotations

FUNCTIONS: dict[str, int | None] = {
    "add": None, "multiply": None, "power": 2, "exp": 1, "log": 1, "sqrt": 1, "xlogy": 2,
    "log1p": 1, "expm1": 1, "gammaln": 1, "digamma": 1, "polygamma": 2, "betaln": 2, "expit": 1,
    "logaddexp": 2, "equal": 2, "less": 2, "less_equal": 2, "where": 3, "abs": 1,
    "maximum": 2, "minimum": 2, "erf": 1, "log_ndtr": 1, "log_zero": 1, "finite_log": 1,
    "sign": 1, "cos": 1, "sin": 1, "atan2": 2, "outside": 3, "gamma": 1, "log_bessel_i0": 1,
    "bessel_ratio": 1, "log_bessel_k": 2, "bessel_k_ratio": 2, "bessel_k_slope": 2,
    "bessel_width": 2, "log_multigamma": 2, "multi_polygamma": 3, "log_polya_gamma": 2,
    "tanh_ratio": 1,
    "normal_log_interval": 4, "normal_interval_moment": 5, "exponential_log_interval": 3,
    "exponential_interval_moment": 4, "gamma_log_interval": 4, "gamma_interval_moment": 6,
    "poisson_log_interval": 3, "index_of": 2, "scaled_entries": None, "gumbel_quantile": 1,
    "gamma_quantile": 2, "beta_quantile": 3, "known": 1,
}  # fmt: skip
"""Function to number of arguments. log_zero(x) is 0 where x = 0 and -inf elsewhere; finite_log(x)
is log x with log 0 = -1e300, which a matrix product with zeros survives; outside(x, l, u) is 0 for
l <= x <= u and -inf elsewhere; bessel_ratio is I1 / I0; log_bessel_k(p, w) is log K_p(w),
bessel_k_slope its derivative by p, bessel_k_ratio K_{p+1} / K_p, and bessel_width(a, b) their w =
sqrt(a b + 1e-20); log_multigamma(a, d) is log Gamma_d(a), and multi_polygamma(m, a, d) its
derivative of order m + 1, where d has no axes; log_polya_gamma(b, x) is the log density of PG(b, 0)
and tanh_ratio(c) the mean tanh(c/2) / (2 c) of PG(1, c); index_of(i, size) is i as an index, an
error where it is outside; scaled_entries(a, f, ...) is the product, of a table a that may be
sparse. The functions of intervals take bounds and arguments of a family
(`autoem/families/between.py`). known(x) is x, and 0
where that is no number, as 0/0 is none."""
