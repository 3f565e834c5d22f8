"""What an encoder asks of the engine that computes for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from calibration.encoding.batching import Vectors
from calibration.encoding.engines.batch_size import BatchTokens
from calibration.encoding.scheduling import Turns

OPENVINO: Final = "OpenVINO"
PYTORCH: Final = "PyTorch"


@dataclass(frozen=True)
class TokenPlaces:
    """The tokens of a text with its prompt before it: ids, where each begins and ends, and which are special."""

    ids: list[int]
    spans: list[tuple[int, int]]
    special: list[bool]


class Engine(Protocol):
    """Texts to vectors, with the model's prompt before each; as many threads may use it as there are places."""

    @property
    def name(self) -> str:
        """OPENVINO or PYTORCH."""

    @property
    def pooling(self) -> str:
        """How tokens become one vector, in sentence-transformers' words; several are joined by +."""

    @property
    def threads(self) -> int:
        """Processor threads that one batch may use."""

    @property
    def weight_bytes(self) -> int:
        """What the weights take."""

    @property
    def unknown_id(self) -> int | None:
        """The token that stands for what the tokenizer does not know, if it has one."""

    @property
    def batch(self) -> BatchTokens:
        """Tokens of a batch as they are known now, and what they were measured from."""

    def batch_tokens(self, texts: int, turns: Turns) -> int:
        """Tokens of a batch of a job of so many texts; what is run to find out takes `turns`."""

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokens of each text with special tokens and prompt, as if there were no limit."""

    def token_places(self, text: str) -> TokenPlaces:
        """Where the tokens of a text are, as if there were no limit."""

    def pooled(self, texts: Sequence[str], *, normalise: bool) -> Vectors:
        """(n, dim) float32 of one batch, of what the model reads of each text; normalised, or as pooling gave it.

        Raises IndexError where the tokenizer knows more tokens than the weights.
        """
