"""The processes of `trialsieve serve`: the one that watches, and the workers that answer."""
