"""What a person or a webhook does, as it is written: under a step's own word, or under `with` of another one's `deliver`."""

from __future__ import annotations

import builtins
from typing import Annotated, TypeAlias

from chatsim.scenario.phrasings import Phrasings, read_said
from chatsim.scenario.readers import (
    Placed,
    leaf,
    read_bool,
    read_bytes,
    read_callback,
    read_data_template,
    read_template,
)
from chatsim.scenario.words import DataTemplate, Template
from chatsim.scenario.written_base import Written

Words: TypeAlias = Annotated[Placed[Template], leaf(read_template)]
Said: TypeAlias = Annotated[Placed[Template | Phrasings | None], leaf(read_said)]
FormData: TypeAlias = Annotated[Placed[DataTemplate], leaf(read_data_template)]
CallbackBody: TypeAlias = Annotated[Placed[Template | DataTemplate], leaf(read_callback)]


class TapContent(Written):
    """The title of an option, or ``{id: …}``, ``{option: …, stale: true}``."""

    what = "`tap`"
    instead = "title"

    title: Words | None = None
    option: Words | None = None
    id: Words | None = None
    stale: Annotated[Placed[bool], leaf(read_bool)] | None = None


class FileContent(Written):
    """A path, or ``{bytes, name, type}``."""

    what = "`file`"
    instead = "path"

    path: Words | None = None
    bytes: Annotated[Placed[Template | builtins.bytes], leaf(read_bytes)] | None = None
    name: Words | None = None
    type: Words | None = None
