"""`python -m autoem.cli`."""

from autoem.cli.command import main

main()
