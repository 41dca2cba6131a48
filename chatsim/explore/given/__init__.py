"""What a user gives to a search: what to try, and what must hold."""
