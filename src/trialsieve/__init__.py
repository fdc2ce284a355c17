"""Screens patients for clinical trials: FHIR resources in, an explained verdict per patient and trial out."""

__version__ = "0.1.0"
