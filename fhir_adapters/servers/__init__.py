"""What a client prefetched, or a FHIR server answers, into records."""
