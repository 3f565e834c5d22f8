"""The same model behind Gradio and its default queue: `python -m benchmarks.serving.with_gradio PORT FOLDER LIBS`.

LIBS is a folder that Gradio was installed into, looked into last: its pins are not the application's.
"""

from __future__ import annotations

import sys

from sentence_transformers import SentenceTransformer


def main(port: int, folder: str, libraries: str) -> None:
    """Serve one function of two texts."""
    sys.path.append(libraries)
    import gradio

    model = SentenceTransformer(folder, device="cpu")

    def score(source: str, targets: str) -> str:
        vectors = model.encode([source, *targets.splitlines()], normalize_embeddings=True)
        return " ".join(str(float(score)) for score in vectors[1:] @ vectors[0])

    page = gradio.Interface(score, ["text", "text"], "text", api_name="score", flagging_mode="never")
    page.launch(server_name="127.0.0.1", server_port=port, quiet=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
