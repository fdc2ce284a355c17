"""Results written out: their schema, their formats, and where they go."""
