"""What the value of an Observation says: numbers, units, ranges, scores, specimens."""
