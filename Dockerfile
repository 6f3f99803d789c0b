# The images of idp-harness: --target mock-idp, harness or tasker-worker. docker/build makes them all.
ARG BASE_IMAGE=python:3.13-slim-bookworm

# Everything is installed into a virtual environment of its own here, and only that is copied into an image. pip asks
# PyPI, unless docker/wheels holds wheels (docker/wheelhouse puts them there): then it asks nobody.
FROM ${BASE_IMAGE} AS builder
LABEL org.idp-harness=1
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PIP_BREAK_SYSTEM_PACKAGES=1 \
    PIP_FIND_LINKS=/wheels
COPY docker/wheels/ /wheels/
WORKDIR /source
RUN if ls /wheels/*.whl >/dev/null 2>&1; then printf '[global]\nno-index = true\n' >/etc/pip.conf; fi

FROM builder AS wheel
RUN python3 -m pip install -q 'hatchling>=1.26'
COPY pyproject.toml README.md LICENSE ./
COPY mock_idp/ mock_idp/
COPY harness/ harness/
COPY idp_harness/ idp_harness/
COPY scenarios/ scenarios/
RUN python3 -m pip wheel -q --no-deps --no-build-isolation --wheel-dir /built .

# Dependencies come first: a change of the source does not install them again.
FROM builder AS mock-idp-files
COPY docker/mock-idp.txt ./
RUN python3 -m venv --without-pip /opt/idp-harness \
    && python3 -m pip --python /opt/idp-harness/bin/python install -q -r mock-idp.txt
COPY --from=wheel /built/ /built/
# The package holds the harness as well, which is of no use without pytest.
RUN python3 -m pip --python /opt/idp-harness/bin/python install -q --no-deps /built/*.whl \
    && rm -r /opt/idp-harness/bin/idp-harness /opt/idp-harness/lib/python3*/site-packages/harness \
        /opt/idp-harness/lib/python3*/site-packages/idp_harness

FROM ${BASE_IMAGE} AS mock-idp
LABEL org.idp-harness=1 \
      org.opencontainers.image.title="mock-idp" \
      org.opencontainers.image.description="A mock identity provider that behaves like the real ones. For testing only." \
      org.opencontainers.image.licenses="MIT"
COPY --from=mock-idp-files /opt/idp-harness/ /opt/idp-harness/
ENV PATH=/opt/idp-harness/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MOCK_IDP_HOST=0.0.0.0 MOCK_IDP_ALLOW_REMOTE=true
USER 10001:10001
WORKDIR /
EXPOSE 9400
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=15s --start-period=10s --retries=3 CMD ["mock-idp", "healthcheck"]
ENTRYPOINT ["mock-idp"]
CMD ["serve"]

FROM builder AS tasker-worker-files
COPY pyproject.toml ./
# The worker needs its compiled module only; what it depends on is for writing step handlers. Jinja2 writes its file.
RUN python3 -m venv --without-pip /opt/idp-harness \
    && python3 -c 'import tomllib; \
project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
print(next(one for one in project["optional-dependencies"]["tasker"] if one.startswith("tasker-py")))' >tasker.txt \
    && python3 -m pip --python /opt/idp-harness/bin/python install -q --no-deps -r tasker.txt \
    && python3 -m pip --python /opt/idp-harness/bin/python install -q 'jinja2>=3.1'
COPY --from=wheel /built/ /built/
RUN python3 -m pip --python /opt/idp-harness/bin/python install -q --no-deps /built/*.whl \
    && mkdir /opt/idp-harness/templates

FROM ${BASE_IMAGE} AS tasker-worker
LABEL org.idp-harness=1 \
      org.opencontainers.image.title="tasker-worker" \
      org.opencontainers.image.description="The released Tasker worker, to be judged by idp-harness."
COPY --from=tasker-worker-files /opt/idp-harness/ /opt/idp-harness/
ENV PATH=/opt/idp-harness/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    TASKER_ENV=test TASKER_TEMPLATE_PATH=/opt/idp-harness/templates \
    TASKER_WEB_BIND_ADDRESS=0.0.0.0:8081 TASKER_WORKER_GRPC_BIND_ADDRESS=0.0.0.0:9191 RUST_LOG=warn
USER 10001:10001
WORKDIR /
EXPOSE 8081 9191
HEALTHCHECK --interval=5s --timeout=15s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8081/health', timeout=2)"]
ENTRYPOINT ["python", "-m", "harness.targets.tasker_container"]

FROM builder AS harness-files
COPY pyproject.toml ./
RUN python3 -m venv --without-pip /opt/idp-harness \
    && python3 -c 'import tomllib; \
print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' >harness.txt \
    && python3 -m pip --python /opt/idp-harness/bin/python install -q -r harness.txt
COPY --from=wheel /built/ /built/
RUN python3 -m pip --python /opt/idp-harness/bin/python install -q --no-deps /built/*.whl

FROM ${BASE_IMAGE} AS harness
LABEL org.idp-harness=1 \
      org.opencontainers.image.title="idp-harness" \
      org.opencontainers.image.description="Finds out how a service really verifies JWTs." \
      org.opencontainers.image.licenses="MIT"
COPY --from=harness-files /opt/idp-harness/ /opt/idp-harness/
ENV PATH=/opt/idp-harness/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONWARNINGS=default \
    PYTEST_ADDOPTS="-p no:cacheprovider"
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["idp-harness"]
CMD ["run"]
