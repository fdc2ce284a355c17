"""What an export holds of one patient: lines, most of them not built before the patient's turn comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter

import msgspec

from trialsieve.fhir_adapters.elements.resource_types import KIND_OF, type_of
from trialsieve.fhir_adapters.inputs.documents import parse_json
from trialsieve.fhir_adapters.inputs.input_files import NotReadableError
from trialsieve.fhir_adapters.records.duplicates import counting, in_dispute
from trialsieve.fhir_adapters.records.left_out import LeftOut, Name, Names
from trialsieve.fhir_adapters.records.record import InputProblem, Report, Resource, SetAside
from trialsieve.rules.vocabulary import Kind


class Unbuilt(msgspec.Struct, frozen=True, gc=False):
    """A line of which was told what it is. `quiet`: it means nothing to the rules, and stands for the resource."""

    line: bytes
    label: str
    number: int
    quiet: Name | None = None


@dataclass(slots=True)
class PatientLines:
    """What is one patient's, as it was found; what was `left_out` has no other version."""

    patient: Resource | None = None
    resources: list[tuple[str, Resource | Unbuilt | bytes]] = field(default_factory=list)
    left_out: list[Names] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)
    mentioning: list[tuple[str, Resource | Unbuilt]] = field(default_factory=list)

    def take_over(self, other: PatientLines) -> None:
        """What another name had, which has no Patient, is this patient's too."""
        self.resources += other.resources
        self.left_out += other.left_out
        self.set_aside += other.set_aside
        self.mentioning += other.mentioning

    @property
    def kinds(self) -> set[Kind]:
        """Of which kinds there are lines, as far as they are told."""
        types = {
            shown.partition("/")[0].partition(" ")[0] if isinstance(resource, Unbuilt | bytes) else type_of(resource)
            for shown, resource in self.resources
        }
        unread = {item.kind for item in self.set_aside if item.kind is not None}
        return {KIND_OF[name] for name in types} | unread

    def built(self, report: Report) -> tuple[list[tuple[str, Resource]], LeftOut]:
        """The patient's resources, the newest version of each, and what is left out: quiet, and of one version only."""
        named = [shown for shown, _ in self.resources]
        versions = Counter(named) if len(set(named)) < len(named) else {}
        built: list[tuple[str, Resource]] = []
        left_out = LeftOut(together=self.left_out)
        for shown, resource in self.resources:
            if not isinstance(resource, Unbuilt):
                built.append((shown, parse_json(resource) if isinstance(resource, bytes) else resource))
            elif resource.quiet is not None and versions.get(shown, 1) == 1:
                left_out.single.append(resource.quiet)
            else:
                try:
                    built.append((shown, parse_json(resource.line)))
                except NotReadableError as fault:  # in what was skipped when the line was told
                    report(InputProblem(f"{resource.label}:{resource.number}", shown, str(fault)))
                    self.set_aside.append(SetAside(shown, KIND_OF[shown.partition("/")[0]], str(fault)))
        if versions:
            built, disputed = counting(built, itemgetter(0), itemgetter(1))
            self.set_aside += [in_dispute(shown, resource) for shown, resource in disputed]
        return built, left_out

    def built_mentioning(self, report: Report) -> list[tuple[str, Resource]]:
        """What is read only for the diagnoses that it may mention."""
        built: list[tuple[str, Resource]] = []
        for shown, resource in self.mentioning:
            try:
                built.append((shown, parse_json(resource.line) if isinstance(resource, Unbuilt) else resource))
            except NotReadableError as fault:
                assert isinstance(resource, Unbuilt)
                report(InputProblem(f"{resource.label}:{resource.number}", shown, str(fault)))
        return built
