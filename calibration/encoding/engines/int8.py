"""`python -m calibration.encoding.engines.int8 GRAPH TARGET`: a graph with weights in 8 bits, once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from calibration.encoding.engines.graph import openvino, save


def compress(source: Path, target: Path) -> None:
    """Write `source` with the weights of its matrix products in 8 bits to `target`.

    Symmetric, with a scale for each output: no calibration data, hence nothing tuned.
    """
    core = openvino().Core()
    graph = core.read_model(str(source))
    for node in graph.get_ordered_ops():
        if node.get_type_name() == "MatMul":
            weights = node.input_value(1).get_node()
            if weights.get_type_name() == "Constant" and len(weights.get_output_shape(0)) == 2:
                outputs_first = node.get_attributes()["transpose_b"]
                node.input(1).replace_source_output(_in_8_bits(weights.get_data(), int(outputs_first)).output(0))
    save(graph, target)


def _in_8_bits(weights: Any, axis: int) -> Any:
    """The same weights as a product of 8-bit numbers and a scale for each output, the largest along `axis`."""
    ops = openvino().opset13
    scale = np.abs(weights).max(axis=axis, keepdims=True) / 127
    scale[scale == 0] = 1.0
    rounded = np.rint(weights / scale).astype(np.int8)
    wide = ops.convert(ops.constant(rounded), "f32")
    return ops.multiply(wide, ops.constant(scale.astype(np.float32)))


if __name__ == "__main__":
    compress(Path(sys.argv[1]), Path(sys.argv[2]))
