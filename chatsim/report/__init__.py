"""What people and other programs read of a run: transcripts, failures, summaries, report files."""
