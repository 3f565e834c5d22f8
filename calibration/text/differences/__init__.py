"""Tags for what two texts certainly differ in; the rules prefer silence to a wrong tag.

>>> pair_tags("信用卡分3期手续费多少", "信用卡分十二期手续费多少")
('numbers',)
>>> pair_tags("这件支持退货吗", "这件不支持退货吗")
('negation',)
>>> pair_tags("能不能退货", "能退货吗")
()
"""

from calibration.text.differences.bare_text import folded
from calibration.text.differences.pair import (
    DATES,
    ENTITIES,
    INVISIBLE,
    LENGTH_RATIO,
    NEAR_DUPLICATE,
    NEGATION,
    NUMBERS,
    OPPOSITES,
    TAG_NAMES,
    TAGS,
    TRUNCATED,
    pair_tags,
)

__all__ = [
    "DATES",
    "ENTITIES",
    "INVISIBLE",
    "LENGTH_RATIO",
    "NEAR_DUPLICATE",
    "NEGATION",
    "NUMBERS",
    "OPPOSITES",
    "TAGS",
    "TAG_NAMES",
    "TRUNCATED",
    "folded",
    "pair_tags",
]
