"""What a code, and the words beside it, mean to the concepts that rules ask about."""
