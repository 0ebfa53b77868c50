"""Facts about a child that rules of admission may speak of; each has one name everywhere.

All facts are seen from the opening day of registration, and "inside" is the catchment of the
school in whose zone the child counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["flag", "number", "date", "choice"]

RELATIONS = ("child", "parent", "grandparent")
ANCHORS = ("registered", "owned", "residence")


@dataclass(frozen=True)
class Fact:
    """One fact: its name, kind, what people call it and where it comes from.

    Parameters
    ----------
    kind
        ``flag`` is true or false and always known; the others may be missing.
    source
        Table and column of the register, or how it is found.
    choices
        Values of a choice; empty where any text is allowed.
    unit
        Of a number: ``pct``, ``m2`` or ``points``.
    """

    name: str
    kind: Kind
    name_zh: str
    name_en: str
    source: str
    choices: tuple[str, ...] = ()
    unit: str = ""


_USES = ("residential", "apartment", "shop", "storage", "garage")
_TENURES = ("commodity", "resettlement", "self_built", "public_rent", "allocated")

_ALL = (
    Fact("local", "flag", "本区户籍", "locally registered", "child.registered"),
    Fact("registered_inside", "flag", "户籍在施教区内", "registered inside the catchment",
         "household.registered_unit_id in the zone"),
    Fact("owns_inside", "flag", "施教区内有房产", "owns a dwelling inside the catchment",
         "property_certificate of a qualifying owner in the zone"),
    Fact("lives_inside", "flag", "居住在施教区内", "lives inside the catchment",
         "household.residence_unit_id in the zone"),
    Fact("registered_at_owned", "flag", "户籍与房产同址", "registered at the very dwelling owned",
         "household.registered_unit_id is the dwelling owned"),
    Fact("owns_elsewhere", "flag", "施教区外有房产", "owns a dwelling outside the catchment",
         "property_certificate of a qualifying owner outside the zone"),
    Fact("sibling_enrolled", "flag", "兄姐在该校就读", "an elder sibling attends the school",
         "seat_use of another child of the household"),
    Fact("deferral_certificate", "flag", "持缓学证明", "holds a deferral certificate", "deferral"),
    Fact("dwelling_locked", "flag", "该房学位已被占用", "the dwelling's seat is taken",
         "seat_use on the dwelling by another family within the lock"),
    Fact("owner_relation", "choice", "产权人与儿童关系", "relation of the owner to the child",
         "guardian.relation of the owner", choices=RELATIONS),
    Fact("owned_share_pct", "number", "产权份额", "share of ownership",
         "property_certificate.share_pct, qualifying owners together", unit="pct"),
    Fact("owned_area_m2", "number", "房产面积", "floor area of the dwelling",
         "property_unit.area_m2", unit="m2"),
    Fact("owned_use", "choice", "房屋用途", "use of the dwelling", "property_unit.dwelling_use",
         choices=_USES),
    Fact("owned_tenure", "choice", "房屋性质", "tenure of the dwelling", "property_unit.tenure",
         choices=_TENURES),
    Fact("property_since", "date", "房产起算日", "day from which the property counts",
         "resettlement slip where there is one, else certificate"),
    Fact("certificate_on", "date", "产权证填发日期", "day of the property certificate",
         "property_certificate.certificate_on"),
    Fact("slip_on", "date", "认购定位单日期", "day of the resettlement slip",
         "property_certificate.resettlement_slip_on"),
    Fact("registered_since", "date", "落户日期", "day of registration at the address",
         "the later of child.registered_since and household.registered_since"),
    Fact("permit_since", "date", "居住证起始日", "first day of the residence permit",
         "household.residence_permit_since"),
    Fact("born_on", "date", "出生日期", "date of birth", "child.born_on"),
    Fact("points", "number", "新居民积分", "points of migrants", "household.points",
         unit="points"),
)  # fmt: skip

FACTS: dict[str, Fact] = {fact.name: fact for fact in _ALL}
