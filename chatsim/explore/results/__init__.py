"""What a search comes to: findings, their witnesses, and how they are shown, saved and compared with earlier ones."""
