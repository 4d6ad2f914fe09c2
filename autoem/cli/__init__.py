"""The command line: `autoem graph|derive|verify|generate|fit|sample MODEL ...`.

Exit codes: 0, it succeeded; 1, the fit or the proof did not succeed, or a file is stale; 2, the
command, the model or the data are wrong.  Results go to standard output, errors and the progress
line to standard error.
"""

from autoem.cli.command import main as main
