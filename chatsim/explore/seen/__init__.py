"""What the search has seen, and what counts as the same."""
