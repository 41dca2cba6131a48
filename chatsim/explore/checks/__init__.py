"""What an exploration finds wrong without being asked: one file for each thing that is looked at."""
