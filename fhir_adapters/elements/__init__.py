"""What FHIR is made of, read though its shape cannot be trusted: codings, dates, numbers, statuses."""
