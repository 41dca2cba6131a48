"""The command line: one short module a command, and beside them what the commands are made of."""

import gc
import sys

_BETWEEN_COLLECTIONS = 20_000


def main() -> None:
    """Run the command line: the script ``chatsim``, and ``python -m chatsim``."""
    from chatsim.cli.plain import run_usual, usual  # noqa: PLC0415 - the package itself stays cheap to import

    if sys.argv[1:2] == ["run"]:
        # What a run makes it keeps: to look for garbage as often as Python does takes a twentieth of its time.
        gc.set_threshold(_BETWEEN_COLLECTIONS)
    wish = usual(sys.argv[1:])
    if wish is not None:
        sys.exit(run_usual(wish))
    from chatsim.cli.app import app  # noqa: PLC0415 - as above

    app(prog_name="chatsim")
