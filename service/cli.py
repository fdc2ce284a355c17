"""The command line: `trialsieve COMMAND ...`, its exit statuses, and how errors are told (docs/cli.md)."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Collection, Sequence
from types import ModuleType

from trialsieve import __version__
from trialsieve.rules.errors import RuleFilesError, TrialsieveError
from trialsieve.service.commands import batch, explain, feedback, lint, report, screen, serve, show, trials
from trialsieve.service.request.arguments import Parser, reclaim_inputs
from trialsieve.service.text.words import ADVICE

COMMANDS: dict[str, ModuleType] = {
    "screen": screen,
    "batch": batch,
    "report": report,
    "explain": explain,
    "trials": trials,
    "show": show,
    "lint": lint,
    "serve": serve,
    "feedback": feedback,
}

WRONG = 2
INTERRUPTED = 130  # 128 + SIGINT
PIPE_CLOSED = 141  # 128 + SIGPIPE

DESCRIPTION = f"""\
Screen patients for clinical trials: FHIR in, an explained verdict per patient and trial out.
{ADVICE}"""

EXAMPLES = """\
examples:
  trialsieve trials
  trialsieve screen patient.json
  trialsieve explain patient.json --patient p1 --trial NCT04762485

`trialsieve COMMAND --help` says more of each. TRIALSIEVE_DEBUG=1 shows where an internal error came from."""


def build_parser(asked: Collection[str] = COMMANDS) -> Parser:
    """The parser of every command; only those asked for know their options."""
    parser = Parser(prog="trialsieve", description=DESCRIPTION, epilog=EXAMPLES)
    parser.add_argument("--version", action="version", version=f"trialsieve {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.DESCRIPTION, epilog=module.EXAMPLES)
        if name in asked:
            module.configure(command)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status. Only results go to standard output, all else to standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")  # a terminal without quotation marks is no reason to fail
    try:
        status = dispatch(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except SystemExit as leaving:  # --help and --version
        return leaving.code if isinstance(leaving.code, int) else 0
    except RuleFilesError as error:
        for problem in error.problems:
            tell(str(problem))
        tell("trialsieve: the rule files are wrong (see above); nothing was screened")
        return WRONG
    except TrialsieveError as error:
        tell(f"trialsieve: {error}")
        return WRONG
    except KeyboardInterrupt:
        tell("trialsieve: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        silence_output()
        return PIPE_CLOSED
    except OSError as error:  # a full disk, mostly
        tell(f"trialsieve: {': '.join(str(part) for part in (error.filename, error.strerror or error) if part)}")
        return WRONG
    except Exception as error:  # a bug: nothing of the record may show in it
        if os.environ.get("TRIALSIEVE_DEBUG"):
            import traceback

            traceback.print_exc()
        tell(
            f"trialsieve: internal error ({type(error).__name__}); this is a fault of trialsieve. "
            "Run it again with TRIALSIEVE_DEBUG=1 to see where, and report that"
        )
        return WRONG
    return status


def dispatch(argv: Sequence[str]) -> int:
    """Parse the arguments and run the command that they name."""
    parser = build_parser(argv)
    arguments, further = parser.parse_known_args(argv)
    if arguments.command is None:
        parser.error("no command given")
    unknown = [word for word in further if word.startswith("-") and word != "-"]
    if hasattr(arguments, "inputs"):
        # Inputs may stand before and after options; argparse takes only the first run of them.
        arguments.inputs = [*arguments.inputs, *(word for word in further if word not in unknown)]
        reclaim_inputs(arguments)
    else:
        unknown = further
    if unknown:
        parser.error(f"unknown argument {unknown[0]!r} for {arguments.command}")
    status = COMMANDS[arguments.command].run(arguments)
    assert isinstance(status, int)
    return status


def tell(text: str) -> None:
    """A message on standard error, which may be closed too."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):
        pass


def silence_output() -> None:
    """Keep the interpreter from complaining at exit that the reader of our output has gone."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # stays open until exit


if __name__ == "__main__":
    sys.exit(main())
