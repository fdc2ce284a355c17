"""Rules, results and what they wait for, in words that people read."""
