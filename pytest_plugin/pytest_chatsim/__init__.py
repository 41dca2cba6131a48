"""The pytest plugin of chatsim: collects scenarios, and offers fixtures for tests in Python."""
