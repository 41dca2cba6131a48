"""Import time-machine, which stops the clocks that only C code can stop, and do not let it import pytest.

time-machine brings a pytest plugin in the same module, and imports pytest where that is installed.  That would take
ten times as long as all of chatsim's clock, in programs that test nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


def time_machine() -> ModuleType:
    """Return the module `time_machine`."""
    if "time_machine" in sys.modules or "pytest" in sys.modules:
        import time_machine  # noqa: PLC0415 - only a program that stops a clock pays for it
    else:
        modules: dict[str, Any] = sys.modules
        modules["pytest"] = None
        try:
            import time_machine  # noqa: PLC0415 - as above
        finally:
            del modules["pytest"]
    return time_machine
