# The version of Python is the one for which requirements.lock was made.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/annals
# With --build-arg LOCK=requirements-otel.lock the image can send traces.
ARG LOCK=requirements.lock
COPY requirements.lock requirements-otel.lock ./
RUN /opt/annals/bin/pip install --no-cache-dir --no-deps --require-hashes -r ${LOCK}
COPY pyproject.toml README.md LICENSE ./
COPY events events
COPY projections projections
COPY service service
RUN /opt/annals/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /data annals
COPY --from=build /opt/annals /opt/annals
ENV PATH=/opt/annals/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ANNALS_HOME=/data \
    ANNALS_HOST=0.0.0.0 \
    ANNALS_LOG_FORMAT=json
USER annals
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
CMD ["annals", "serve"]
