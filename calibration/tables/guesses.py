"""The likeliest encoding of a text that is not UTF-8: by what its characters look like in each."""

from __future__ import annotations

from typing import Final

GB18030: Final = "gb18030"
_OTHERS: Final = {"big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949", "euc_jp": "euc_jp"}
"""What may be taken for GB18030, and the codec that reads the most of it."""
_FREQUENT: Final = frozenset(
    "的一是了我不在人有他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此"
    "已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代"
    "内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安"
    "少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光"
    "放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔改收"
    "根干造言联持组每济车亲极林服快办议往元英士证近失转夫令准布始怎呢存未远叫台单影具罗字爱击流备兵连调深商算质团集百需价"
    "花党华城石级整府离况亚请技际约示复病息究线似官火断精满支视消越器容照须九增研写称企八功吗包片史委乎查轻易早曾除农找装"
    "广显吧阿李标谈吃图念六引历首医局突专费号尽另周较注语仅考落青随选列武红响虽推势参希古众构房半节土投某案黑维革划敌致陈"
    "律足态护七兴派孩验责营星够章音跟志底站严巴例防族供效续施留讲型料终答紧黄绝奇察母京段依批群项故按河米围江织害斗双境客"
    "纪采举杀攻父苏密低朝友诉止细愿千值仍男钱破网热助倒育属坐帝限船脸职速刻乐否刚威毛状率甚独球般普怕弹校苦创伪款卡账户付"
    "借贷额银退货订单快递服话码登录充优惠券申核息逾还呗注销绑更换短微支宝冻余提取扣"
)
"""Characters that make up most of any Chinese text, and of what customers write; a misread text has few of them."""
_LEAST: Final = 12
"""Characters beyond ASCII below which nothing is inferred from their frequency."""
_MOST_TEXTS: Final = 0.45
"""The share of frequent characters that nearly all Chinese texts have."""
_LAST_OF_LEVEL_1: Final = 0xD7
_PLAUSIBLE: Final = 0.9


def guess(head: bytes) -> tuple[str, bool]:
    """The codec for the start of a text, cut at a line end, and whether it is beyond doubt.

    Chinese in GB18030 consists of common characters, nearly all of the first level of GB 2312. What does not look
    so is compared with Big5, Shift-JIS, EUC-KR and EUC-JP; without a better one it stays GB18030, in doubt.
    """
    chinese = _decoded(head, GB18030)
    if chinese is not None and not _is_doubtful(chinese):
        return GB18030, True
    candidates = [name for name, codec in _OTHERS.items() if _decoded(head, codec) is not None]
    if chinese is not None:
        candidates.append(GB18030)
    best = _best(head, candidates) if candidates else None
    return (_OTHERS.get(best, best) if best else GB18030), False


def rather_chinese(head: bytes) -> bool:
    """Whether a text that UTF-8 reads with damage is rather Chinese in GB18030.

    Pairs of its bytes are characters of UTF-8 too, as 么 is ô, so that a short text may be damaged in half of its
    characters only. So the frequent characters are counted in both.
    """
    chinese = _decoded(head, GB18030)
    if chinese is None:
        return False
    share = _share_of_frequent(chinese)
    return share >= _MOST_TEXTS and share > _share_of_frequent(head.decode("utf-8", "surrogateescape"))


def utf16_without_mark(head: bytes, size: int) -> str:
    """The byte order of a UTF-16 text that has no BOM; empty where it is none."""
    if size % 2 or 0 not in head:
        return ""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _decoded(head[: len(head) // 2 * 2], encoding)
        if text and "\0" not in text and sum(map(_is_plausible, text)) >= _PLAUSIBLE * len(text):
            return encoding
    return ""


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _is_plausible(character: str) -> bool:
    code = ord(character)
    return character in "\t\r\n" or 0x20 <= code < 0x7F or 0x3000 <= code < 0x3040 or _is_chinese(code)


def _is_chinese(code: int) -> bool:
    return 0x4E00 <= code <= 0x9FFF or 0xFF00 <= code <= 0xFFEF


def _is_doubtful(text: str) -> bool:
    """Whether a text that GB18030 can read does not look like Chinese in it."""
    beyond = [character for character in text if character > "\x7f"]
    if len(beyond) < _LEAST:
        return False
    hanzi = [character for character in beyond if "\u4e00" <= character <= "\u9fff"]
    if any("\ue000" <= character <= "\uf8ff" for character in beyond) or len(hanzi) < len(beyond) / 4:
        return True
    level_1 = sum(_is_level_1(character) for character in hanzi)
    frequent = sum(character in _FREQUENT for character in hanzi)
    return level_1 < 0.7 * len(hanzi) or frequent < _MOST_TEXTS * len(hanzi)


def _share_of_frequent(text: str) -> float:
    beyond = [character for character in text if character > "\x7f"]
    return sum(character in _FREQUENT for character in beyond) / len(beyond) if beyond else 0.0


def _is_level_1(character: str) -> bool:
    try:
        return character.encode("gb2312")[0] <= _LAST_OF_LEVEL_1
    except UnicodeEncodeError:
        return False


def _best(head: bytes, candidates: list[str]) -> str | None:
    from charset_normalizer import from_bytes  # a quarter of a second that UTF-8 files need not wait for

    found = from_bytes(head, cp_isolation=candidates, threshold=0.5).best()
    return found.encoding if found is not None else None
