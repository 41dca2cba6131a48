"""The scenarios here are run by the tests beside them: they are meant to fail."""

collect_ignore_glob = ["*.chat.yaml"]
