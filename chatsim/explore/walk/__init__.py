"""How the search goes from moment to moment: what is new first, then everything, quickly where that is possible."""
