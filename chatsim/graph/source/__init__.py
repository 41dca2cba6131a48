"""What functions of a bot may come to, read from their source without running them."""
