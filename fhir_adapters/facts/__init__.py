"""Resources as facts, kind by kind, and the reading of one whole record."""
