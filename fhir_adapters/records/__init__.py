"""Whose is what: resources, their versions, references and patients, put together into records."""
