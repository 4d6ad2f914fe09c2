"""The language in which a model is declared."""

from autoem.language.declaration import *  # noqa: F403
from autoem.language.distribution import *  # noqa: F403
from autoem.language.domain import *  # noqa: F403
from autoem.language.expression import *  # noqa: F403
from autoem.language.model import *  # noqa: F403
from autoem.language.construct import *  # noqa: F403
from autoem.language.functions import *  # noqa: F403
