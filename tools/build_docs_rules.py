"""What the pages of trials and of findings share: atoms in words, outcomes that never happen, worked examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from build_docs_markdown import code, concept_link, finding_link, fold, linked, plain, table

from trialsieve.engine.examples import EXAMPLES_AS_OF
from trialsieve.rules.atom import Atom
from trialsieve.rules.logic_order import concepts_read, findings_read
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.worked_example import Example, GivenFact
from trialsieve.service.text.rule_words import atom_notes, what_it_asks
from trialsieve.service.text.words import counted


def atom_lines(atoms: Iterable[Atom], book: RuleBook) -> list[str]:
    """A list: each atom's quote and question, below it what else holds for it."""
    lines = []
    for atom in atoms:
        quote = f"“{plain(atom.quote)}”: " if atom.quote and atom.operand else ""
        helper = "" if atom.operand else " (helper)"
        lines.append(f"- {code(atom.id)}{helper} {quote}{linked(what_it_asks(atom, book), book)}")
        lines += [f"    - {linked(note, book)}" for note in atom_notes(atom, book)]
        lines += [f"    - note: {plain(atom.note)}"] if atom.note else []
    return lines


def reads_lines(atoms: Sequence[Atom]) -> list[str]:
    """What the atoms read, as links."""
    findings = sorted({name for atom in atoms for name in findings_read(atom)})
    concepts = sorted({name for atom in atoms for name in concepts_read(atom)})
    parts = [f"findings {', '.join(map(finding_link, findings))}"] if findings else []
    parts += [f"concepts {', '.join(map(concept_link, concepts))}"] if concepts else []
    return ["", f"Reads {'; '.join(parts)}."] if parts else []


def never_lines(never: Mapping[str, str]) -> list[str]:
    return [line for outcome, why in never.items() for line in ("", f"**Never {outcome}:** {plain(why)}")]


def example_lines(examples: Sequence[Example]) -> list[str]:
    """The worked examples behind a fold."""
    rows = [(plain(one.name), _given(one), _expected(one)) for one in examples]
    return fold(
        f"{counted(len(rows), 'worked example')}, as of {EXAMPLES_AS_OF.isoformat()}",
        table(("example", "on record", "outcome"), rows),
    )


def _given(example: Example) -> str:
    parts = [_fact(fact) for fact in example.given] or ["nothing"]
    parts += [f"anchor {plain(name)}: {_on(value)}" for name, value in example.anchors.items()]
    parts += ["absence: unknown"] if example.absence == "unknown" else []
    return "<br>".join(parts)


_DATES = ("on", "recorded", "ended")


def _fact(fact: GivenFact) -> str:
    """`dx.aml` state active, 60 days before: what the fact is about, what it says, and its dates."""
    (key, value), *others = ((name, given) for name, given in fact.values.items() if name not in _DATES)
    lead = code(str(value)) if key in ("concept", "attests") else f"{plain(key)} {_value(value)}"
    words = [_value(given) if isinstance(given, Mapping) else f"{_key(name)} {_value(given)}" for name, given in others]
    dates = [
        _on(given) if name == "on" else f"{name} {_on(given)}" for name, given in fact.values.items() if name in _DATES
    ]
    return ", ".join([" ".join([lead, ", ".join(words)]).strip(), *dates])


def _key(name: str) -> str:
    return plain(name.replace("_", " "))


def _value(value: object) -> str:
    match value:
        case Mapping():
            return ", ".join(f"{_key(str(name))} {_value(given)}" for name, given in value.items())
        case (float() | int()) as low, (float() | int()) as high:
            return f"{low:g} to {high:g}"
        case list() | tuple():
            return ", ".join(map(_value, value))
        case bool():
            return "true" if value else "false"
        case None:
            return "none"
        case float():
            return f"{value:g}"
    return plain(str(value))


def _on(value: object) -> str:
    """`60 d` is counted back from the as-of date."""
    if value is None or value is True:
        return "undated"
    number, _, unit = str(value).partition(" ")
    return f"{counted(int(number), 'day')} before" if unit == "d" and number.isdigit() else f"on {_value(value)}"


def _expected(example: Example) -> str:
    reasons = ", ".join(sorted(reason.value for reason in example.reasons))
    return f"{example.expect} ({reasons})" if reasons else example.expect
