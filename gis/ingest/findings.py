"""What a check of files found: each refused, changed or doubtful value with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gis.ingest.contract import Rejections

REFUSED, CHANGED, WARNED = "refused", "changed", "warned"
COLUMNS = [
    *("outcome", "file", "sheet", "line", "column_name", "header"),
    *("found", "stored", "rule", "mend"),
]
_NOTED = ["row", "outcome", "column_name", "found", "stored", "rule", "mend"]


@dataclass
class Findings:
    """Collects findings by the number of their row among all rows of all files."""

    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(
        self,
        outcome: str,
        rows: pd.Index | np.ndarray,
        *,
        column: str,
        found: pd.Series | str | None,
        rule: str,
        mend: str,
        stored: pd.Series | str | None = None,
    ) -> None:
        """Note one rule for the rows of that index; values as series of the same length."""
        if len(rows) == 0:
            return
        self.parts.append(
            pd.DataFrame(
                {
                    "row": np.asarray(rows, dtype=np.int64),
                    "outcome": outcome,
                    "column_name": column,
                    "found": _write_values(found),
                    "stored": _write_values(stored),
                    "rule": rule,
                    "mend": mend,
                }
            )
        )

    def adopt(self, rejections: Rejections, *, masked: set[str]) -> None:
        """Take over what the contract refused; values of `masked` columns are not told.

        A cell that was refused before, and left empty since, is refused once.
        """
        refused = rejections.locate_rows()
        if refused.empty:
            return
        known = self.build_table()
        known = known[known["outcome"] == REFUSED]
        seen = pd.MultiIndex.from_frame(known[["row", "column_name"]])
        again = pd.MultiIndex.from_frame(refused[["row", "column_name"]]).isin(seen)
        told = refused[~again].assign(outcome=REFUSED, stored=None)
        told.loc[told["column_name"].isin(masked), "found"] = None
        self.parts.append(told[_NOTED])

    def list_refused(self) -> np.ndarray:
        """Return the numbers of the refused rows, each once, in order."""
        table = self.build_table()
        return np.unique(table.loc[table["outcome"] == REFUSED, "row"].to_numpy(dtype=np.int64))

    def build_table(self) -> pd.DataFrame:
        """Return row, outcome, column_name, found, stored, rule and mend, by row and column."""
        parts = [part for part in self.parts if len(part)]
        if not parts:
            return pd.DataFrame(columns=_NOTED)
        table = pd.concat(parts, ignore_index=True)
        return table.sort_values(["row", "column_name"], kind="stable", ignore_index=True)

    def place(self, places: pd.DataFrame, headers: dict[str, str]) -> pd.DataFrame:
        """Return the findings as people look for them: `COLUMNS`, in the order of the files.

        Parameters
        ----------
        places
            file, sheet, line of every row, by its number.
        headers
            Header of the file by our column.
        """
        table = self.build_table()
        where = places.loc[table["row"]].reset_index(drop=True)
        told = table.assign(
            file=where["file"],
            sheet=where["sheet"],
            line=where["line"],
            header=table["column_name"].map(headers),
        )
        return told[["row", *COLUMNS]]


def _write_values(values: pd.Series | str | None) -> np.ndarray | str | None:
    if not isinstance(values, pd.Series):
        return values
    texts = values.astype(object)
    return np.asarray([None if pd.isna(value) else str(value) for value in texts], dtype=object)
