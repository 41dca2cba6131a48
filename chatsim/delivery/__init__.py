"""How events arrive: twice, late, at once, at a process that dies; and what a bot may make of that."""
