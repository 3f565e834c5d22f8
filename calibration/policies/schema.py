"""The shape of a policy file, declared once: it checks files that others wrote, and its JSON Schema is made of it.

Unknown fields are left out, so that later versions can add some. `docs/policy.schema.json` is the schema as a file.
Needs pydantic, which `calibration.policies.policy` imports only to read a file.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticCustomError

from calibration.certificates.certificate import STATUSES
from calibration.columns import LABEL_KINDS, TIERS
from calibration.policies.domain_policy import SCHEMA_VERSION
from calibration.policies.probability_map import MAX_KNOTS
from calibration.text.guards import GUARDS

SCHEMA_ID: Final = f"urn:simtier:policy:{SCHEMA_VERSION}"
MAX_DOMAINS: Final = 10_000
MAX_COUNT: Final = 10**12
MAX_NUMBER: Final = sys.float_info.max
"""Whole numbers of JSON may be longer than any float, and counts are divided."""

MAX_TEXT: Final = 1_000
MAX_NAME: Final = 200
"""Characters of a domain, an id or a name: they are shown, filtered by, and become labels of metrics."""
MAX_SETTINGS: Final = 100_000
"""Characters of the settings, as JSON."""

ORDER: Final = "order"
EITHER: Final = "either"
TEXT: Final = "text"
NAME: Final = "name"
SETTINGS: Final = "settings"
"""What is checked beyond the shape."""


def storable(text: str) -> bool:
    """Whether every database and JSON reader takes a text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _checked(text: str) -> str:
    if not storable(text):
        raise PydanticCustomError(TEXT, TEXT)
    return text


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_checked)] | None
ShortText = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(_checked)] | None
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Number = Annotated[float, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)]
Share = Annotated[float, Field(gt=0, lt=1)]
Line = Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(max_length=MAX_KNOTS)]


Guards = list[Literal[GUARDS]] | None  # type: ignore[valid-type]


class _Shape(BaseModel):
    """JSON data, its types taken as they are: no number is made of a text, none of true."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class ThresholdsShape(_Shape):
    """same >= related >= weak; a pair has the highest tier that its score reaches; null: no tier."""

    model_config = ConfigDict(extra="forbid")

    same: Number | None = None
    related: Number | None = None
    weak: Number | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        numbers = [value for value in (self.same, self.related, self.weak) if value is not None]
        if numbers != sorted(numbers, reverse=True):
            raise PydanticCustomError(ORDER, ORDER, {"value": numbers})
        return self


class CertificateShape(_Shape):
    """What a tier's threshold promises; precision or fpr says what was asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"precision": {"type": "number"}}},
                {"required": ["fpr"], "properties": {"fpr": {"type": "number"}}},
            ]
        }
    )

    # The names are those of the library, listed once; mypy wants them spelt out.
    status: Literal[STATUSES]  # type: ignore[valid-type]
    threshold: Number | None = Field(description="null: nothing is certified")
    n_above: Count
    false_positives: Count
    precision_lower: Number | None
    labels_needed: Count | None
    precision: Number | None
    confidence: Number
    method: str
    n: Count
    positives: Count
    dropped: Count = 0
    deff: Annotated[float, Field(ge=1, le=MAX_NUMBER)] = 1.0
    fpr: Share | None = None
    fpr_upper: Number | None = None
    draw_above: Number | None = None
    live_pairs: Count | None = None
    guards: Guards = Field(None, description="the promise is about pairs that none of these holds back")

    @model_validator(mode="after")
    def _asked(self) -> Self:
        if self.precision is None and self.fpr is None:
            raise PydanticCustomError(EITHER, EITHER)
        return self


class ProbabilityShape(_Shape):
    """P(same) at rising scores, with its interval; straight lines between them."""

    scores: Annotated[list[Number], Field(max_length=MAX_KNOTS)]
    values: Line
    low: Line
    high: Line
    n: Count
    confidence: Annotated[float, Field(ge=0, le=1)]
    positives: Count = 0
    floor: Annotated[float, Field(ge=-1, le=1)] = -1.0


class DomainShape(_Shape):
    """The thresholds of one domain and what they rest on."""

    thresholds: ThresholdsShape
    certificates: dict[Literal[TIERS], CertificateShape] | None = None  # type: ignore[valid-type]
    n: Count = 0
    kinds: list[Literal[LABEL_KINDS]] | None = None  # type: ignore[valid-type]
    probability: ProbabilityShape | None = None
    suggested: ThresholdsShape | None = None
    guards: Guards = Field(None, description="tags that keep a pair from being same, whatever its score")


class ModelShape(_Shape):
    """The model whose scores the thresholds are for."""

    name: Text = None
    fingerprint: Text = None


class ScoringShape(_Shape):
    """What texts go through before they are compared."""

    cleaner: Text = None
    segments: Text = None
    guard_rules: Text = Field(None, description="by which rules guards were read")


class PolicyShape(_Shape):
    """Thresholds on the cosine of two texts, per domain, with the certificates they rest on."""

    model_config = ConfigDict(title="SimTier policy")

    schema_version: Literal[SCHEMA_VERSION]  # type: ignore[valid-type]
    id: ShortText = None
    name: ShortText = None
    version: Count = 1
    created_at: Text = Field(None, description="ISO 8601, UTC")
    model: ModelShape | None = None
    scoring: ScoringShape | None = None
    settings: dict[str, Any] | None = Field(None, description="what the fit was asked")
    domains: Annotated[dict[Name, DomainShape], Field(min_length=1, max_length=MAX_DOMAINS)]

    @field_validator("schema_version", mode="before")
    @classmethod
    def _no_flag(cls, value: Any) -> Any:
        return None if isinstance(value, bool) else value  # true equals 1

    @field_validator("domains", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        if isinstance(value, dict) and not all(is_name(name) for name in value):
            raise PydanticCustomError(NAME, NAME)  # its own message could not hold a broken name
        return value

    @field_validator("settings")
    @classmethod
    def _writable(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        try:
            written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (ValueError, TypeError, RecursionError):
            written = "\0"
        if len(written) > MAX_SETTINGS or not storable(written) or "\\u0000" in written:
            raise PydanticCustomError(SETTINGS, SETTINGS)
        return value


def is_name(name: object) -> bool:
    """Whether a domain may be called so."""
    return isinstance(name, str) and 1 <= len(name) <= MAX_NAME and storable(name)


class _Untitled(GenerateJsonSchema):
    """Without the titles that are made of field names: they say nothing more."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """None."""
        return False


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a policy file.

    It says everything that is checked but the order of numbers, which a schema cannot say.
    """
    made = PolicyShape.model_json_schema(schema_generator=_Untitled)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, "version": SCHEMA_VERSION}
    return head | made
