"""The reference FSM runtime: bots as finite state machines.

A bot for ``jb_manager_bot`` 0.1 moves over by a change of its import.
"""

from chatsim.fsm.abstract_fsm import AbstractFSM
from chatsim.fsm.data_models import FSMOutput, MessageData, MessageType, OptionsListType, Status, UploadFile
from chatsim.fsm.faults import FaultyMachine, UnknownPlugin

__all__ = [
    "AbstractFSM",
    "FSMOutput",
    "FaultyMachine",
    "MessageData",
    "MessageType",
    "OptionsListType",
    "Status",
    "UnknownPlugin",
    "UploadFile",
]
