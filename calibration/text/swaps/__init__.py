"""Texts with one thing in them swapped, so that the pair surely differs in meaning; silence where that is not sure.

>>> [(one.kind, one.text) for one in swaps("装修贷分12期手续费多少")]
[('number', '装修贷分24期手续费多少')]
>>> [one.text for one in swaps("买家怎么申请退款")]
['卖家怎么申请退款']
>>> list(swaps("支持退货吗"))
[]
"""

from calibration.text.swaps.swap import DATE, KINDS, NAME, NUMBER, POLARITY, ROLE, UNIT, Swap, swaps

__all__ = ["DATE", "KINDS", "NAME", "NUMBER", "POLARITY", "ROLE", "UNIT", "Swap", "swaps"]
