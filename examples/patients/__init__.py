"""The invented patients: one module a trial, each with what its patients show."""
