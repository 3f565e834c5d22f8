# SimTier with its model, so that it starts without a network.
#
#   docker build -t simtier .                                   the bundled model
#   docker build -t simtier --build-arg MODEL=gte-large-zh .    GTE-large, fetched while building (1.3 GB)
#   docker run -p 127.0.0.1:7860:7860 -v simtier:/data simtier --insecure
#
# BASE may be pinned by digest. Without a GPU, TORCH_INDEX saves several gigabytes. PIP_INDEX_URL and HF_ENDPOINT
# name mirrors.
ARG BASE=debian:12.11-slim

FROM ${BASE} AS build
ARG PIP_INDEX_URL
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/venv
WORKDIR /opt/simtier
# What seldom changes comes first: pinned packages, then the sources, then the model.
COPY requirements.txt requirements.lock ./
RUN sed '/^-e/d' requirements.txt > /tmp/pinned.txt && cp requirements.lock /tmp/ \
 && pip install --extra-index-url "$TORCH_INDEX" -r /tmp/pinned.txt
COPY pyproject.toml README.md LICENSE ./
COPY calibration calibration
COPY dashboard dashboard
COPY datasets datasets
COPY docs docs
RUN pip install --no-deps -e . && python -m compileall -q calibration dashboard
ARG MODEL=bundled
ARG HF_ENDPOINT
ENV SIMTIER_MODELS_DIR=/opt/models HF_HOME=/opt/models/hub
RUN SIMTIER_DATA_DIR=/tmp/build python -c "import sys; from calibration import load_encoder; print(load_encoder(sys.argv[1]).fingerprint)" "$MODEL" \
 && rm -rf /tmp/build

FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin simtier \
 && mkdir /data && chown simtier: /data
COPY --from=build /opt /opt
ARG MODEL=bundled
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SIMTIER_HOST=0.0.0.0 SIMTIER_PORT=7860 SIMTIER_MODEL=${MODEL} SIMTIER_DATA_DIR=/data \
    SIMTIER_MODELS_DIR=/opt/models HF_HOME=/opt/models/hub HF_HUB_OFFLINE=1 \
    STREAMLIT_BROWSER_GATHER_USAGE_STATS=false
WORKDIR /opt/simtier
# Whoever runs it can change nothing but /data.
USER simtier
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=15s --timeout=10s --start-period=120s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"SIMTIER_PORT\"]}/health', timeout=8)"]
ENTRYPOINT ["python", "-m", "dashboard"]
