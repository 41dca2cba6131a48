"""The reference runtime does what jb-manager-bot 0.1.8 does, but for the places that `fsm_oracle` names."""

import os

import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("jb_manager_bot", reason="the original is not installed: pip install jb-manager-bot==0.1.8")

from fsm_oracle import Pair
from fsm_specs import inputs, machines

EXAMPLES = int(os.environ.get("CHATSIM_ORACLE_EXAMPLES", "150"))


class TestAgainstTheOriginal:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(machines(), inputs())
    def test_every_turn_agrees(self, spec, conversation):
        """State, status, variables, messages and errors, in every turn; 5,000 bots with CHATSIM_ORACLE_EXAMPLES."""
        pair = Pair(spec)
        for turn in conversation:
            pair.turn(turn)
