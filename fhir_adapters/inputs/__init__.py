"""Files and exports, of any size, into records."""
