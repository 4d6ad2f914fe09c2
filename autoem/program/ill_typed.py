"""The complaint about a program that is not well formed: the defect is in the compiler."""

from __future__ import annotations

from autoem.program.ir import Function, Let


class IllTyped(Exception):
    """A program breaks a rule of the intermediate form; `function`, `target` say where."""

    def __init__(self, function: str, target: str, complaint: str) -> None:
        place = f"{function}: {target}: " if target else f"{function} "
        super().__init__(place + complaint)
        self.function, self.target, self.complaint = function, target, complaint


def demand(function: Function, truth: bool, complaint: str, let: Let | None = None) -> None:
    """Complain unless it is true."""
    if not truth:
        target = ", ".join(target.name for target in let.targets) if let else ""
        raise IllTyped(function.name, target, complaint)
