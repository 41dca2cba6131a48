"""Witnesses come out the same again, in the search and with each store."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "explore_witnesses.py"


@pytest.fixture
def benchmark(monkeypatch):
    for name in ("CHATSIM_REDIS_URL", "CHATSIM_MONGO_URL"):
        monkeypatch.delenv(name, raising=False)
    spec = spec_from_file_location("explore_witnesses", BENCHMARK)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "TIMES", 2)
    return module


def test_the_same_everywhere(benchmark, capsys):
    benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    counts = [dict(re.findall(r"(\w+(?: \(fake\))?) (\d+)(?:,|$)", line.partition(": ")[2])) for line in lines]
    places = ("search", "memory", "files", "Redis (fake)", "MongoDB (fake)")
    assert counts == [dict.fromkeys(places, "2")] * len(lines)
    assert {"bot-raised", "dead-end", "empty-reply", "unknown-state"} <= {line.split()[0] for line in lines}


def test_what_differs_is_noticed(benchmark):
    """A store that loses something gives another outcome."""
    found = benchmark.explore(benchmark.shop(benchmark.InMemoryStateManager())).findings[0]

    class Forgetful(benchmark.InMemoryStateManager):
        def get_state(self, chat_id):
            return super().get_state(chat_id)[0], {}

    expected = benchmark.expected_of(found)
    assert benchmark.said_to(benchmark.InMemoryStateManager(), found) == expected
    assert benchmark.said_to(Forgetful(), found) != expected
