"""Part of a district profile: which office is the authority for what, and when it delivers."""

from __future__ import annotations

from pydantic import Field

from catchments.profile_part import Part


class Authority(Part):
    """An office that is the authority for a dataset, or for some columns of it (一数一源)."""

    dataset: str
    office: str = Field(min_length=1)
    fields: list[str] = Field([], description="Columns; empty: all that no other entry names")
    verify_days: int | None = Field(
        None, ge=1, description="Days after which it delivers anew; empty: the district's usual"
    )


class Stewardship(Part):
    """How registers of offices are taken in. ASSUMPTION: the numbers are ours."""

    refuse_above_pct: float = Field(
        20, ge=0, le=100, description="Share of refused rows from which a file is refused whole"
    )
    verify_days: int = Field(
        365, ge=1, description="Days after which a source is to be verified (定期核验)"
    )
    authorities: list[Authority] = Field([], description="一数一源")
    wanted: dict[str, list[str]] = Field(
        default_factory=dict,
        description="Columns that matter, by dataset (完整性); unlisted: every column",
    )
    class_most_pupils: int = Field(
        65, ge=1, description="Pupils or seats that a class can be believed to have (一致性)"
    )
    register_gap_pct: float = Field(
        25, ge=0, description="Gap between pupils and children from which registers disagree"
    )
    upload_most_mb: int = Field(256, ge=1, description="Size of a file that a page takes, MB")

    def find_authority(self, dataset: str, column: str) -> str | None:
        """Return the office that is the authority for a column, or for the dataset as a whole.

        Examples
        --------
        >>> rules = Stewardship(authorities=[
        ...     Authority(dataset="school", office="教育局"),
        ...     Authority(dataset="school", office="资规局", fields=["site_area_m2"]),
        ... ])
        >>> rules.find_authority("school", "site_area_m2"), rules.find_authority("school", "kind")
        ('资规局', '教育局')
        """
        mine = [one for one in self.authorities if one.dataset == dataset]
        exact = [one.office for one in mine if column in one.fields]
        return next(iter(exact + [one.office for one in mine if not one.fields]), None)

    def find_verify_days(self, dataset: str, office: str) -> int:
        """Return the days after which an office is to deliver a dataset anew."""
        for one in self.authorities:
            if one.dataset == dataset and one.office == office and one.verify_days is not None:
                return one.verify_days
        return self.verify_days
