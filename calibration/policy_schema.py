"""The JSON Schema of a policy file (draft 2020-12), from the same names and rules that the reader knows.

It says everything that the reader checks but what a schema cannot: that thresholds and the lines of a probability
map are in order. `docs/policy.schema.json` is this schema as a file.
"""

from __future__ import annotations

from typing import Any, Final

from calibration.certificate import STATUSES
from calibration.columns import LABEL_KINDS, THRESHOLD_TIERS, TIERS
from calibration.policy import SCHEMA_VERSION
from calibration.policy_json import MAX_COUNT, MAX_DOMAINS, MAX_NUMBER
from calibration.probability_map import LINES, MAX_KNOTS

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": ["string", "null"]}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": MAX_COUNT}
NUMBER: Final[Schema] = {"type": ["number", "null"], "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER}


def policy_schema() -> Schema:
    """The schema; unknown fields are allowed, so that later versions can add some."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SimTier policy",
        "description": "Thresholds on the cosine of two texts, per domain, with the certificates they rest on.",
        "type": "object",
        "required": ["schema_version", "domains"],
        "properties": {
            "schema_version": {"const": SCHEMA_VERSION},
            "id": TEXT,
            "name": TEXT,
            "version": COUNT,
            "created_at": {**TEXT, "description": "ISO 8601, UTC"},
            "model": _nullable({"name": TEXT, "fingerprint": TEXT}),
            "scoring": _nullable({"cleaner": TEXT, "segments": TEXT}),
            "settings": {"type": ["object", "null"], "description": "what the fit was asked"},
            "domains": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": MAX_DOMAINS,
                "additionalProperties": {"$ref": "#/$defs/domain"},
            },
        },
        "$defs": {
            "domain": _domain(),
            "thresholds": _thresholds(),
            "certificate": _certificate(),
            "probability": _probability(),
        },
    }


def _nullable(properties: Schema) -> Schema:
    return {"type": ["object", "null"], "properties": properties}


def _domain() -> Schema:
    certificate = {"$ref": "#/$defs/certificate"}
    return {
        "type": "object",
        "required": ["thresholds"],
        "properties": {
            "thresholds": {"$ref": "#/$defs/thresholds"},
            "certificates": {
                "type": ["object", "null"],
                "properties": dict.fromkeys(TIERS, certificate),
                "additionalProperties": False,
            },
            "n": COUNT,
            "kinds": {"type": ["array", "null"], "items": {"enum": list(LABEL_KINDS)}},
            "probability": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/probability"}]},
            "suggested": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/thresholds"}]},
        },
    }


def _thresholds() -> Schema:
    return {
        "description": "same >= related >= weak; a pair has the highest tier that its score reaches; null: no tier",
        "type": "object",
        "properties": dict.fromkeys(THRESHOLD_TIERS, NUMBER),
        "additionalProperties": False,
    }


def _certificate() -> Schema:
    share = {"type": ["number", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 1}
    return {
        "type": "object",
        "required": [
            *("status", "threshold", "n_above", "false_positives", "precision_lower", "labels_needed"),
            *("precision", "confidence", "method", "n", "positives"),
        ],
        "properties": {
            "status": {"enum": list(STATUSES)},
            "threshold": {**NUMBER, "description": "null: nothing is certified"},
            "n_above": COUNT,
            "false_positives": COUNT,
            "precision_lower": NUMBER,
            "labels_needed": {**COUNT, "type": ["integer", "null"]},
            "precision": NUMBER,
            "confidence": {**NUMBER, "type": "number"},
            "method": {"type": "string"},
            "n": COUNT,
            "positives": COUNT,
            "dropped": COUNT,
            "deff": {**NUMBER, "type": "number", "minimum": 1},
            "fpr": share,
            "fpr_upper": NUMBER,
        },
        "anyOf": [
            {"properties": {"precision": {"type": "number"}}},
            {"required": ["fpr"], "properties": {"fpr": {"type": "number"}}},
        ],
    }


def _probability() -> Schema:
    line = {"type": "array", "maxItems": MAX_KNOTS, "items": {"type": "number", "minimum": 0, "maximum": 1}}
    return {
        "description": "P(same) at rising scores, with its interval; straight lines between them.",
        "type": "object",
        "required": ["scores", *LINES, "n", "confidence"],
        "properties": {
            "scores": {"type": "array", "maxItems": MAX_KNOTS, "items": {**NUMBER, "type": "number"}},
            **dict.fromkeys(LINES, line),
            "n": COUNT,
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "positives": COUNT,
            "floor": {"type": "number", "minimum": -1, "maximum": 1},
        },
    }
