"""What a generated module carries with it: functions of arrays, sections of the runtime."""

from __future__ import annotations

import inspect

from autoem.backends.numpy import support
from autoem.runtime.standalone import imports, in_order, region

SECTIONS = {
    "join_tables": "entries",
    "scaled_entries": "entries",
    "best_entries": "entries",
    "solve": "linear",
    "ascend": "linear",
    "forward_backward": "chain",
    "forward_backward_together": "chain",
    "best_path": "viterbi",
    "best_path_together": "viterbi",
    "upward_downward": "tree",
    "best_tree": "tree",
    "smooth_gaussian": "tridiagonal",
    "stationary": "invariant",
    "resolvent": "invariant",
    "root": "root",
    "hermite_nodes": "nodes",
    "drawn_nodes": "nodes",
    "normal_log_interval": "normal_interval",
    "normal_interval_moment": "normal_interval",
    "exponential_log_interval": "gamma_interval",
    "exponential_interval_moment": "gamma_interval",
    "gamma_log_interval": "gamma_interval",
    "gamma_interval_moment": "gamma_interval",
    "poisson_log_interval": "poisson_interval",
    "log_bessel_k": "bessel_k",
    "bessel_k_ratio": "bessel_k",
    "bessel_k_slope": "bessel_k",
    "bessel_width": "bessel_k",
    "log_polya_gamma": "polya_gamma",
    "tanh_ratio": "polya_gamma",
    "gumbel_quantile": "quantiles",
    "gamma_quantile": "quantiles",
    "beta_quantile": "quantiles",
    "log_multigamma": "multigamma",
    "multi_polygamma": "multigamma",
    "maximize": "newton",
    "least": "ranks",
    "greatest": "ranks",
    "weighted_median": "ranks",
    "at_modes": "modes",
    "add_blocks": "blocks",
    "blocks": "blocks",
    "block_size": "blocks",
    "fit_alone": "alone",
    "fit_alone_by_draws": "alone_by_draws",
    "starting_point": "alone",
    "lengths_of": "alone",
    "Outcome": "em",
    "Arrays": "arrays",
}
"""A name that printed code uses, to the file of the runtime that has it in its marked region."""

FUNCTIONS = tuple(name for name, _ in inspect.getmembers(support, inspect.isfunction))
"""Functions that are carried one by one; like those of SECTIONS, no array may have their names."""


def carried(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Import lines and source texts for the names that a module uses, sections after functions."""
    files = in_order(tuple(dict.fromkeys(SECTIONS[name] for name in names if name in SECTIONS)))
    own = [inspect.getsource(getattr(support, name)) for name in names if name not in SECTIONS]
    needed = ("import math",) if "unfold_pairs" in names else ()
    return (*needed, *imports(files)), (*(text.strip("\n") for text in own), *map(region, files))
