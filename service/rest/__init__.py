"""The REST interface: its endpoints, and the shapes of what they take and answer."""
