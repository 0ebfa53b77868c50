"""Invented names: streets, estates, schools; plain combinations of common words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Names = NDArray[np.object_]

# ASSUMPTION: common, pleasant characters; any likeness to a real name is chance.
HEADS = tuple("锦云和祥瑞康宁安泰丰盛福禄嘉庆兴隆昌平永春秋晴明清秀丽文博学思德仁信义礼智")
TAILS = tuple("江湖河溪泉塘洲浦湾岸山峰岭岩松柏竹梅兰桂荷莲枫桐樟榕柳杨霞虹月星辰光华景园")
_ESTATES = (
    "金瓯云璟锦瑞塘河瓯悦明珠翰林江畔和悦天玺南湖紫荆香樟碧桂春晓秋水兰亭御景凤凰丽景"
    "星河瓯风嘉和锦园水岸听涛映月观澜雅居名仕东方盛世阳光时代都市森林玫瑰银杏梧桐海棠"
)
ESTATE_HEADS = tuple(_ESTATES[at : at + 2] for at in range(0, len(_ESTATES), 2))
ESTATE_TAILS = ("花苑", "家园", "名邸", "华府", "嘉园", "雅苑", "公馆", "新城", "花园", "里")
OLD_TAILS = ("新村", "小区", "住宅区", "公寓", "组团")
SUFFIX = {"secondary": "路", "local": "街", "lane": "巷", "path": "步道"}


def pair_names(count: int, rng: np.random.Generator) -> Names:
    """Return `count` different two-character names; a number follows when they run out."""
    pairs = np.array([head + tail for head in HEADS for tail in TAILS], dtype=object)
    pairs = pairs[rng.permutation(len(pairs))]
    turn = np.arange(count) // len(pairs)
    mark = np.array(["", "东", "西", "南", "北", "中", "新", "上", "下"], dtype=object)
    return np.asarray(pairs[np.arange(count) % len(pairs)] + mark[turn % len(mark)])


def name_streets(
    street: NDArray[np.intp],
    length_m: NDArray[np.float64],
    road_class: Names,
    rng: np.random.Generator,
    *,
    named_m: float,
) -> Names:
    """Name streets long enough, longest first; sections of a street share its name."""
    numbers, first = np.unique(street, return_index=True)
    longest = np.argsort(-length_m[first], kind="stable")
    names = np.full(len(numbers), None, dtype=object)
    named = longest[length_m[first][longest] >= named_m]
    rank = {"secondary": 3, "local": 2, "lane": 1, "path": 0}
    level = np.array([rank.get(kind, 0) for kind in road_class])
    top = np.zeros(len(numbers), dtype=int)
    np.maximum.at(top, np.searchsorted(numbers, street), level)
    suffix = np.array(
        [SUFFIX["path"], SUFFIX["lane"], SUFFIX["local"], SUFFIX["secondary"]], object
    )
    names[named] = pair_names(len(named), rng) + suffix[top[named]]
    return np.asarray(names[np.searchsorted(numbers, street)])


def name_estates(count: int, rng: np.random.Generator, *, old: bool) -> Names:
    """Return `count` estate names; phases (二期) when a name comes again."""
    if old:
        roots = [head + tail for head in HEADS[:20] for tail in TAILS[:16]]
        names = [root + tail for root in roots for tail in OLD_TAILS]
    else:
        names = [head + tail for head in ESTATE_HEADS for tail in ESTATE_TAILS]
    pairs = np.array(names, dtype=object)
    pairs = pairs[rng.permutation(len(pairs))]
    phase = np.array(["", "二期", "三期", "四期", "五期"], dtype=object)
    turn = np.arange(count) // len(pairs)
    return np.asarray(pairs[np.arange(count) % len(pairs)] + phase[turn % len(phase)])


SYLLABLES = (
    "jin yun he xiang rui kang ning an tai feng sheng fu lu jia qing xing long chang ping yong "
    "chun qiu qing ming qing xiu li wen bo xue si de ren xin yi li zhi "
    "jiang hu he xi quan tang zhou pu wan an shan feng ling yan song bai zhu mei lan gui he lian "
    "feng tong zhang rong liu yang xia hong yue xing chen guang hua jing yuan"
)
PINYIN = dict(zip(HEADS + TAILS, SYLLABLES.split(), strict=True))


def name_schools(
    town_zh: Names, town_en: Names, labels: list[tuple[str, str]], rng: np.random.Generator
) -> tuple[Names, Names]:
    """Return Chinese and English names: town, invented name, kind."""
    pairs = pair_names(len(labels), rng)
    chinese = [
        f"{'' if label == '培训中心' else '瓯海区'}{town}{pair}{label}"
        for town, pair, (label, _) in zip(town_zh, pairs, labels, strict=True)
    ]
    english = [
        f"{town} {''.join(PINYIN[sign] for sign in pair[:2]).capitalize()} {label}"
        for town, pair, (_, label) in zip(town_en, pairs, labels, strict=True)
    ]
    return np.array(chinese, dtype=object), np.array(english, dtype=object)
