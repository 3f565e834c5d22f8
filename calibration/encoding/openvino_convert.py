"""`python -m calibration.encoding.openvino_convert FOLDER BODY.xml`: a transformer to 8-bit weights, once.

The folder was checked before (`read_recipe`), and nothing in it is run: no remote code, safetensors only.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from calibration.encoding.openvino_body import quietly

if TYPE_CHECKING:
    import torch

_INPUTS: Final = ("input_ids", "attention_mask")
_OUTPUT: Final = "last_hidden_state"


def convert(home: Path, target: Path) -> None:
    """Symmetric 8-bit weights, a scale a row: no calibration data, hence nothing tuned."""
    openvino = quietly()
    import nncf
    import torch

    example = {name: torch.ones((2, 8), dtype=torch.int64) for name in _INPUTS}
    with torch.inference_mode():
        model = openvino.convert_model(_traced(home), example_input=example)
    model.reshape({port.get_any_name(): openvino.PartialShape([-1, -1]) for port in model.inputs})
    model = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    openvino.save_model(model, str(target), compress_to_fp16=False)


def _traced(home: Path) -> torch.nn.Module:
    """The transformer with the two inputs that matter and one output: token types of one text alone are all 0."""
    import torch
    from transformers import AutoModel

    shut = {"trust_remote_code": False, "local_files_only": True, "use_safetensors": True}
    body = AutoModel.from_pretrained(home, dtype="float32", **shut)

    class Traced(torch.nn.Module):
        """What the converter looks at."""

        def __init__(self) -> None:
            super().__init__()
            self.body = body

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            """(n, tokens) both to (n, tokens, hidden)."""
            found: torch.Tensor = self.body(input_ids=input_ids, attention_mask=attention_mask)[_OUTPUT]
            return found

    return Traced().eval()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
