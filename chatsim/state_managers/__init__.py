"""Where the orchestrator keeps what it remembers of each chat."""
