"""Screens patients for clinical trials: FHIR resources in, an explained verdict per patient and trial out.

The names are those of `trialsieve.service.python_interface`, which is imported when the first of them is asked for:
every other module of the package imports this one.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from trialsieve.service.python_interface import (
        ArmResult,
        AtomResult,
        CriterionKind,
        CriterionResult,
        Effect,
        EngineError,
        Evidence,
        FindingResult,
        InputError,
        InputProblem,
        InputProblemsError,
        OpenItems,
        ReadingResult,
        Reason,
        RuleFilesError,
        Screened,
        Screening,
        ScreeningResult,
        ScreeningStream,
        TrialsieveError,
        UsageError,
        Verdict,
    )

__all__ = [
    "ArmResult",
    "AtomResult",
    "CriterionKind",
    "CriterionResult",
    "Effect",
    "EngineError",
    "Evidence",
    "FindingResult",
    "InputError",
    "InputProblem",
    "InputProblemsError",
    "OpenItems",
    "ReadingResult",
    "Reason",
    "RuleFilesError",
    "Screened",
    "Screening",
    "ScreeningResult",
    "ScreeningStream",
    "TrialsieveError",
    "UsageError",
    "Verdict",
    "__version__",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'trialsieve' has no attribute {name!r}")
        import importlib

        value = getattr(importlib.import_module("trialsieve.service.python_interface"), name)
        globals()[name] = value  # asked for once
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
