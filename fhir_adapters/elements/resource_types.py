"""Which FHIR resource types there are, and which of them speak of a patient as facts do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trialsieve.rules.vocabulary import Kind

KIND_OF: Final[dict[str, Kind]] = {
    "Observation": Kind.OBSERVATION,
    "Condition": Kind.CONDITION,
    "Procedure": Kind.PROCEDURE,
    "MedicationRequest": Kind.MEDICATION,
    "MedicationStatement": Kind.MEDICATION,
    "MedicationAdministration": Kind.MEDICATION,
    "MedicationDispense": Kind.MEDICATION,
    "MedicationOrder": Kind.MEDICATION,  # DSTU2 only; named so that one set aside still counts
    "Immunization": Kind.IMMUNIZATION,
    "AllergyIntolerance": Kind.ALLERGY,
}
"""The resource types that facts are taken from."""

# Types that exist in DSTU2 and in no later release.
DSTU2_ONLY: Final = frozenset(
    {
        *("Conformance", "DeviceUseRequest", "DiagnosticOrder", "ImagingObjectSelection"),
        *("MedicationOrder", "Order", "OrderResponse"),
    }
)

# A subject of these types is no patient, and nothing is missing when it is left out.
NOT_A_PATIENT: Final = frozenset(
    """
    BiologicallyDerivedProduct Device Endpoint Group HealthcareService InsurancePlan Location Medication
    NutritionProduct Organization Practitioner PractitionerRole Procedure RelatedPerson ResearchStudy Specimen Substance
    """.split()  # noqa: SIM905
)

RESOURCE_TYPES: Final = (
    frozenset(
        """
        Account ActivityDefinition ActorDefinition AdministrableProductDefinition AdverseEvent AllergyIntolerance
        Appointment AppointmentResponse ArtifactAssessment AuditEvent Basic Binary BiologicallyDerivedProduct
        BiologicallyDerivedProductDispense BodySite BodyStructure Bundle CapabilityStatement CarePlan CareTeam
        CatalogEntry ChargeItem ChargeItemDefinition Citation Claim ClaimResponse ClinicalImpression
        ClinicalUseDefinition CodeSystem Communication CommunicationRequest CompartmentDefinition Composition
        ConceptMap Condition ConditionDefinition Consent Contract Coverage CoverageEligibilityRequest
        CoverageEligibilityResponse DataElement DetectedIssue Device DeviceAssociation DeviceComponent
        DeviceDefinition DeviceDispense DeviceMetric DeviceRequest DeviceUsage DeviceUseStatement DiagnosticReport
        DocumentManifest DocumentReference EligibilityRequest EligibilityResponse Encounter EncounterHistory
        Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceReport
        EvidenceVariable ExampleScenario ExpansionProfile ExplanationOfBenefit FamilyMemberHistory Flag
        FormularyItem GenomicStudy Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingManifest
        ImagingSelection ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation
        ImplementationGuide Ingredient InsurancePlan InventoryItem InventoryReport Invoice Library Linkage List
        Location ManufacturedItemDefinition Measure MeasureReport Media Medication MedicationAdministration
        MedicationDispense MedicationKnowledge MedicationRequest MedicationStatement MedicinalProductDefinition
        MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionIntake NutritionOrder
        NutritionProduct Observation ObservationDefinition OperationDefinition OperationOutcome Organization
        OrganizationAffiliation PackagedProductDefinition Parameters Patient PaymentNotice PaymentReconciliation
        Permission Person PlanDefinition Practitioner PractitionerRole Procedure ProcedureRequest ProcessRequest
        ProcessResponse Provenance Questionnaire QuestionnaireResponse ReferralRequest RegulatedAuthorization
        RelatedPerson RequestGroup RequestOrchestration Requirements ResearchDefinition ResearchElementDefinition
        ResearchStudy ResearchSubject RiskAssessment Schedule SearchParameter Sequence ServiceDefinition
        ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription
        SubscriptionStatus SubscriptionTopic Substance SubstanceDefinition SubstanceNucleicAcid SubstancePolymer
        SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial SupplyDelivery SupplyRequest Task
        TerminologyCapabilities TestPlan TestReport TestScript Transport ValueSet VerificationResult
        VisionPrescription
    """.split()  # noqa: SIM905
    )
    | DSTU2_ONLY
)
"""Every resource type of STU3, R4, R4B and R5, and those of DSTU2 alone. Another name is a misspelling or not FHIR."""


def type_of(value: Any) -> str:
    """The `resourceType` of what may be a resource; empty where there is none, or no text."""
    name = value.get("resourceType") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


def why_of_no_type(resource: Mapping[str, Any]) -> str:
    """What is wrong with the `resourceType` of what is no resource of a known type."""
    name = resource.get("resourceType")
    if name is None:
        return "a resource without resourceType"
    if isinstance(name, str) and name.isalnum() and len(name) < 60:
        return f"`{name}` is no FHIR resource type"
    return "its resourceType is no FHIR resource type"
