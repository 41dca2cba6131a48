"""The command line: one short module a command, and beside them what the commands are made of."""


def main() -> None:
    """Run the command line: the script ``chatsim``, and ``python -m chatsim``."""
    from chatsim.cli.app import app  # noqa: PLC0415 - the package itself stays cheap to import

    app(prog_name="chatsim")
