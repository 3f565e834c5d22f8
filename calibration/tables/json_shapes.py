"""The shapes in which programs write tables as JSON -> records of cells.

Objects a line, an array of objects or of arrays, strings; one object around them (`data`, `rows`); what pandas and
Hugging Face write by columns; and objects around each record, as Label Studio, Argilla and the viewer of Hugging
Face write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

LABEL: Final = "label"
TEXT: Final = "text"
_LEAST_COLUMN: Final = 2

Record = Mapping[str, object] | Sequence[object] | str


def records_of(value: object) -> list[object]:
    """The records of a document: those inside it, or itself as the only one.

    >>> records_of({"version": 1, "data": [{"a": 1}, {"a": 2}]})
    [{'a': 1}, {'a': 2}]
    >>> records_of({"a": {"0": 1, "1": 2}, "b": {"0": 3, "1": 4}})
    [{'a': 1, 'b': 3}, {'a': 2, 'b': 4}]
    """
    if not isinstance(value, dict) or not value:
        return [value]
    if isinstance(value.get("columns"), list) and _is_list_of(value.get("data"), list):
        return [dict(zip(map(str, value["columns"]), row, strict=False)) for row in value["data"]]
    inner: list[list[object]] = [cells for cells in value.values() if _is_list_of(cells, dict)]
    if inner and not _is_record(value):
        return sorted(inner, key=len)[-1]
    if all(isinstance(cells, dict) and cells for cells in value.values()) and _share_keys(value):
        if all(key.isdigit() for key in value) and not all(key.isdigit() for key in next(iter(value.values()))):
            return list(value.values())
        keys = list(dict.fromkeys(key for cells in value.values() for key in cells))
        return [{name: cells.get(key) for name, cells in value.items()} for key in keys]
    if len(value) >= _LEAST_COLUMN and all(isinstance(cells, list) for cells in value.values()):
        lengths = {len(cells) for cells in value.values()}
        if len(lengths) == 1:
            return [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]
    return [value]


def unwrapped(record: Mapping[str, Any]) -> Mapping[str, object]:
    """The record inside of what an annotation program or a viewer puts around it.

    >>> unwrapped({"row_idx": 0, "row": {"a": 1}})
    {'a': 1}
    >>> unwrapped({"data": {"a": 1}, "annotations": [{"result": [{"value": {"choices": ["same"]}}]}]})
    {'a': 1, 'label': ['same']}
    """
    if isinstance(record.get("row"), dict) and "row_idx" in record:
        return dict(record["row"])
    if isinstance(record.get("data"), dict) and isinstance(
        record.get("annotations", record.get("completions")), list
    ):
        return _with_label(record["data"], list(_choices(record.get("annotations", record.get("completions")))))
    if isinstance(record.get("fields"), dict) and "responses" in record:
        kept = {key: cell for key, cell in record.items() if key in ("id", "metadata", "split")}
        kept = {key: cell for key, cell in kept.items() if not isinstance(cell, (dict, list))}
        return _with_label({**kept, **record["fields"]}, list(_responses(record["responses"])))
    return record


def _is_record(value: Mapping[str, Any]) -> bool:
    """Whether an object with lists in it is one record rather than a wrapper around many: it has texts itself."""
    wrapped = isinstance(value.get("data"), dict) and isinstance(value.get("annotations"), list)
    return wrapped or sum(isinstance(cell, str) for cell in value.values()) > 1


def _with_label(record: Mapping[str, object], labels: Sequence[object]) -> Mapping[str, object]:
    return {**record, LABEL: list(labels)} if LABEL not in record else dict(record)


def _choices(annotations: Sequence[Any]) -> Iterator[object]:
    """What each annotator chose in Label Studio; cancelled annotations do not count."""
    for annotation in annotations:
        if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
            continue
        for result in annotation.get("result") or ():
            value = result.get("value") if isinstance(result, dict) else None
            if isinstance(value, dict):
                yield from value.get("choices") or [value[name] for name in ("rating", "number") if name in value]


def _responses(responses: Any) -> Iterator[object]:
    """What each annotator answered in Argilla, to a question about the label or else to the only one."""
    if isinstance(responses, dict):
        names = [name for name in responses if LABEL in name.casefold()] or list(responses)[:1]
        responses = responses.get(names[0]) if names else []
    for response in responses if isinstance(responses, list) else [responses]:
        found = response.get("values", response) if isinstance(response, dict) else response
        if isinstance(found, dict) and "value" not in found and found:
            found = next(iter(found.values()))
        value = found.get("value") if isinstance(found, dict) else found
        if value is not None:
            yield value


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, kind) for item in value)


def _share_keys(value: Mapping[str, Any]) -> bool:
    """Whether all inner objects have nearly the same keys, as columns and rows of one table have."""
    keys = [frozenset(cells) for cells in value.values()]
    common = frozenset.intersection(*keys)
    return (
        len(value) > 1
        and len(common) >= max(map(len, keys)) / 2
        and not any(isinstance(cell, (dict, list)) for cells in value.values() for cell in list(cells.values())[:3])
    )
