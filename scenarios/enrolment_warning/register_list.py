"""The officer's list: one row a child listed, with the state of its registers and their faults."""

from __future__ import annotations

import pandas as pd

from catchments.register_faults import FAULTS
from gis.identity import mask_identity
from layers.language import Language
from scenarios.enrolment_warning.register_words import say_register


def build_list(children: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Build the list in the language, those with faults first within each state.

    Parameters
    ----------
    children
        As :func:`catchments.reconciliation.reconcile_registers` returns it.

    Returns
    -------
    DataFrame
        All text but the number of faults: pseudonym, last four characters of the identity number,
        household number, whether registered here, state, faults.
    """
    _ = language
    flags = children[list(FAULTS)]
    names = [say_register(code, _) for code in FAULTS]
    faults = [
        "；".join(name for name, is_set in zip(names, row, strict=True) if is_set)
        for row in flags.to_numpy(dtype=bool)
    ]
    rows = pd.DataFrame(
        {
            _("Child code"): children["child_code"],
            _("Identity number"): children["identity_last4"].map(mask_identity),
            _("Household"): children["household_code"],
            _("Registered here"): children["local"].map({True: _("yes"), False: _("no")}),
            _("Comparison of registers"): [say_register(code, _) for code in children["state"]],
            _("Faults"): faults,
        }
    )
    order = children.assign(sound=~flags.any(axis=1)).sort_values(["state", "sound", "child_code"])
    return rows.loc[order.index].reset_index(drop=True)
