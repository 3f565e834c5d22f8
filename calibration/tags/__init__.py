"""Tags of a pair: what its two texts surely differ in, found by rules that rather say nothing than something wrong.

>>> pair_tags("信用卡分3期手续费多少", "信用卡分十二期手续费多少")
('numbers',)
>>> pair_tags("这件支持退货吗", "这件不支持退货吗")
('negation',)
>>> pair_tags("能不能退货", "能退货吗")
()
"""

from calibration.tags.pair import (
    DATES,
    ENTITIES,
    INVISIBLE,
    LENGTH_RATIO,
    NEAR_DUPLICATE,
    NEGATION,
    NUMBERS,
    TAG_NAMES,
    TAGS,
    TRUNCATED,
    pair_tags,
)
from calibration.tags.words import folded

__all__ = [
    "DATES",
    "ENTITIES",
    "INVISIBLE",
    "LENGTH_RATIO",
    "NEAR_DUPLICATE",
    "NEGATION",
    "NUMBERS",
    "TAGS",
    "TAG_NAMES",
    "TRUNCATED",
    "folded",
    "pair_tags",
]
