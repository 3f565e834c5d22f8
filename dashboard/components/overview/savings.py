"""What merging automatically saves: asked once, kept in the store for everybody, counted on the cautious side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Final

import streamlit as st
from babel.numbers import format_currency, get_currency_name

from dashboard import resources, roles, state
from dashboard.actor import actor
from dashboard.components.frame.notices import attempting, say
from dashboard.components.overview.standing import Standing
from dashboard.i18n import escaped, naming, t

KIND: Final = "savings"
KEY: Final = "assumptions"
CURRENCY: Final = "currency"
CURRENCIES: Final = ("CNY", "USD", "EUR", "GBP", "HKD", "TWD", "JPY", "SGD")


@dataclass(frozen=True)
class Assumptions:
    """What the team said: pairs a month by domain, minutes a check, the prices of an hour and of a false merge, and
    their currency (ISO 4217; empty where it was never asked).
    """

    minutes: float = 1.0
    hour: float = 0.0
    false_merge: float = 0.0
    volumes: Mapping[str, float] = field(default_factory=dict)
    currency: str = ""


@dataclass(frozen=True)
class Saving:
    """A saving for some pairs: hours of checking, money (negative where false merges cost more than checks)."""

    hours: float
    money: float


def load() -> Assumptions | None:
    """What was said last, None where nobody has said anything yet."""
    said = resources.store().audit.list(KIND, KEY, limit=1)
    return Assumptions(**said[0].detail) if said else None  # type: ignore[arg-type]


def saving(standing: Standing, said: Assumptions, pairs: float) -> Saving | None:
    """What deciding automatically saves on so many pairs; None where nothing is promised or measured.

    Wrong merges are counted at the most that the promise allows, so that the saving is not overstated.
    """
    certificate, found = standing.certificate, standing.found
    if (
        found is None
        or not found.n
        or certificate is None
        or not certificate.certified
        or certificate.fpr is not None
    ):
        return None
    hours = pairs * (found.merged + found.apart) / found.n * said.minutes / 60
    wrong = pairs * found.merged / found.n * (1 - certificate.precision_lower)
    return Saving(hours, hours * said.hour - wrong * said.false_merge)


def total(standings: Sequence[Standing], said: Assumptions) -> Saving | None:
    """What all domains save a month together; None until a domain was measured."""
    if not any(row.found is not None for row in standings):
        return None
    found = [saving(row, said, said.volumes.get(row.domain, 0)) for row in standings]
    known = [one for one in found if one is not None]
    return Saving(sum(one.hours for one in known), sum(one.money for one in known))


def price(amount: float, said: Assumptions) -> str:
    """Whole units of money, as the session's reader writes them."""
    if not said.currency:
        return f"{amount:,.0f}"
    return str(
        format_currency(round(amount), said.currency, locale=state.locale(), format="¤#,##0", currency_digits=False)
    )


def ask(domains: list[str], said: Assumptions | None) -> None:
    """The form, folded away once it was filled in."""
    known = said or Assumptions()
    with st.popover(t("What checks and mistakes cost you"), icon=":material/payments:"), st.form("savings"):
        first = known.currency or ("CNY" if state.locale().startswith("zh") else "USD")
        currencies = list(dict.fromkeys((first, *CURRENCIES)))
        names = naming(currencies, lambda code: f"{code} · {get_currency_name(code, locale=state.locale())}")
        st.selectbox(t("Currency"), currencies, format_func=names, key=state.saving(CURRENCY))
        left, middle, right = st.columns(3)
        fields = (
            (left, "minutes", t("Minutes a check"), known.minutes),
            (middle, "hour", t("Price of an hour"), known.hour),
            (right, "false_merge", t("Price of a false merge"), known.false_merge),
        )
        for column, name, label, value in fields:
            column.number_input(label, 0.0, 1e9, float(value), key=state.saving(name))
        st.markdown(t("**Pairs a month**"))
        for column, domain in zip(cycle(st.columns(2)), domains, strict=False):
            column.number_input(
                escaped(domain), 0.0, 1e12, float(known.volumes.get(domain, 0)), 1000.0, format="%.0f",
                key=state.volume(domain),
            )  # fmt: skip
        st.form_submit_button(
            t("Save for everybody"), on_click=_keep, args=(domains,), disabled=not roles.allowed(roles.WORK)
        )


@attempting
def _keep(domains: list[str]) -> None:
    """Keep the answers, as a callback."""
    values = {name: float(state.get(state.saving(name)) or 0) for name in ("minutes", "hour", "false_merge")}
    volumes = {domain: float(state.get(state.volume(domain)) or 0) for domain in domains}
    detail = asdict(Assumptions(**values, volumes=volumes, currency=str(state.get(state.saving(CURRENCY)) or "")))
    resources.store().audit.add("set", KIND, KEY, actor=actor(), detail=detail)
    say(t("Saved for everybody."))
