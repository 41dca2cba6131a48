"""What of a bot its conversations reach: what was seen of it, over what it declares."""
