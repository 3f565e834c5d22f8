"""Names that people give to the columns of pairs, in either language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from calibration import columns

_STEMS: Final = (
    "text sentence sent sen s question ques q query title string name item doc document passage utterance utt "
    "input phrase x 句子 句 文本 短文本 问题 问句 语句 标题 问法 提问 输入 短句 名称"
)
_ENDS: Final = (("1", "2"), ("a", "b"), ("一", "二"), ("甲", "乙"))
_ASKED: Final = (
    "用户问 用户问题 用户问法 用户问句 用户提问 用户输入 用户query 客户问 客户问题 客户问法 会话问题 "
    "实际问题 提问 query"
)
_STANDARD: Final = (
    "标准问 标准问题 标准问法 标准问句 标准query 知识点 知识标题 知识库标题 知识库问题 匹配问题 命中问题 faq "
    "faq问题 faq_question matched_question standard_question"
)
_ORIGINAL: Final = "标准问 标准问题 标准问法 原问题 原始问题 原句 原始句子 句子 问题 original question"
_OTHER_WORDS: Final = "相似问 相似问题 相似问法 相似句 扩展问 改写 改写句 改写问题 同义句 rewrite paraphrase"


def _beside(firsts: str, seconds: str) -> list[tuple[str, str]]:
    return [(first, second) for first in firsts.split() for second in seconds.split()]


TEXT_PAIRS: Final = (
    *((f"{stem}_{one}", f"{stem}_{two}") for stem in _STEMS.split() for one, two in _ENDS),
    ("#1 string", "#2 string"),
    ("query", "title"),
    ("query", "doc"),
    ("query", "document"),
    ("query", "passage"),
    ("query", "question"),
    ("query", "candidate"),
    ("query", "response"),
    ("query", "answer"),
    ("query", "text"),
    ("text", "candidate"),
    ("question", "candidate"),
    ("anchor", "candidate"),
    ("reference", "candidate"),
    ("question", "answer"),
    ("premise", "hypothesis"),
    ("前提", "假设"),
    ("reference", "hypothesis"),
    ("ref", "hyp"),
    ("anchor", "positive"),
    ("source", "target"),
    ("source_sentence", "target_sentence"),
    ("src", "tgt"),
    ("left", "right"),
    ("text_left", "text_right"),
    ("first", "second"),
    ("a", "b"),
    *_beside(_ASKED, _STANDARD),
    *_beside(_ORIGINAL, _OTHER_WORDS),
    ("问题", "标准问题"),
    ("问题", "答案"),
    ("查询", "标题"),
    ("查询", "文档"),
    ("左句", "右句"),
    ("原句", "目标句"),
    ("原文", "译文"),
    ("源文本", "目标文本"),
)
"""Names of the two text columns, as they come together; the first pair that a file has is taken."""
LOOSE: Final = frozenset(
    [
        *(
            "a",
            "b",
            "left",
            "right",
            "first",
            "second",
            "source",
            "target",
            "text",
            "question",
            "answer",
            "x1",
            "x2",
        ),
        *("original", "reference", "faq", "提问", "句子", "问题", "答案", "知识点", "改写"),
    ]
)
"""Names that are names of texts only beside their counterparts."""
INFERENCE: Final = frozenset(["premise", "前提"])
"""Names of the first text of natural language inference."""

SIMILARITY_NAMES: Final = (
    "相似度",
    "similarity",
    "similarity_score",
    "相似度得分",
    "相似性",
    "relatedness_score",
    "sts_score",
    "sim",
)
"""Names of a label that say it is a degree."""
AMBIGUOUS: Final = ("category", "类别", "类型", "分类", "class")
"""Names of a column that may be a domain, or the label where there is no other and its cells are labels."""

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    columns.LABEL: (
        *("label", "labels", "标签", "标注", "gold", "gold_label", "is_duplicate", "duplicate"),
        *("人工标注", "标注结果", "类别标签", "等级", "tier", *SIMILARITY_NAMES),
        *("is_similar", "similar", "is_same", "same", "is_match", "match", "is_paraphrase", "paraphrase", "is_dup"),
        *(
            "是否相似",
            "是否一致",
            "是否同义",
            "是否相同",
            "是否匹配",
            "是否重复",
            "是否等价",
            "是否相关",
            "相似与否",
            "是否为同义句",
        ),
        *(
            "label_id",
            "labelid",
            "relevance",
            "relevant",
            "entailment_judgment",
            "quality",
            "judgment",
            "judgement",
        ),
        *(
            "flag",
            "target",
            "结果",
            "判断",
            "判定",
            "人工判断",
            "人工判定",
            "标记",
            "关系",
            "choice",
            "annotation",
            "y",
        ),
        *(
            "label.responses",
            "ground_truth",
            "golden",
            "answer_label",
            "human_label",
            "human",
            "label_name",
            "y_true",
        ),
        *("is_positive", "judge", "tag", "output", "相似", "同义", "是否正确", "是否为同义", "相关性", "一致性"),
        *("最终标签", "最终标注", "人工标签", "人工复核", "复核结果"),
    ),
    columns.KIND: ("kind", "label_kind", "标签类型", "标注类型"),
    columns.DOMAIN: ("domain", "领域", "行业", "业务", "业务线", "场景", *AMBIGUOUS),
    columns.ID: ("id", "_id", "编号", "pair_id", "序号", "idx", "guid", "index"),
    columns.SPLIT: ("split", "划分", "数据划分"),
    columns.PURPOSE: ("purpose", "用途"),
    columns.NOTE: ("note", "备注", "说明", "comment", "remark", "comments"),
    columns.SCORE: ("score", "分数", "模型分数", "cosine"),
}
"""Names of each other column, by preference."""

SCORE_AS_LABEL: Final = ("score", "分数")
"""What may also name a label, in a file that has no other."""
