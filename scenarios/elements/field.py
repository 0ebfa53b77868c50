"""A field of a form in which a person writes."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component


def build_input(name: str, **more: Any) -> Component:
    """Build a field for one line of text, as small as the words of a panel.

    What is optional says so in its label; a mark of what is required would be on nearly all.

    Parameters
    ----------
    name
        Its name in the order of the form.
    more
        label, value, placeholder, required, id and whatever else a Mantine text input takes.
    """
    return dmc.TextInput(name=name, size="xs", withAsterisk=False, **more)
