"""The maximizer rules, in the order in which they are tried; the first that matches gives its
reason."""

from autoem.derive.maximizers.concave import concave
from autoem.derive.maximizers.counts import counts
from autoem.derive.maximizers.covariance import covariance
from autoem.derive.maximizers.extremum import extremum
from autoem.derive.maximizers.linear import linear
from autoem.derive.maximizers.newton import newton
from autoem.derive.maximizers.precision import precision
from autoem.derive.maximizers.root import root
from autoem.derive.maximizers.scoring import scoring
from autoem.derive.maximizers.stationary import stationary
from autoem.derive.maximizers.tied import tied

CLOSED = (counts, linear, covariance, precision, extremum, stationary)
NUMERIC = (concave, root, tied, scoring, newton)
