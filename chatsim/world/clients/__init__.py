"""One file per HTTP client: where its calls leave it, and what it raises when they fail."""
