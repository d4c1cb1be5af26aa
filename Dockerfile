# An image a service, each with what its workspace names and nothing else:
#   docker build --target inference -t churn/inference .
# BUILD has Node 26, npm, a shell and Debian's packages; BASE has Node 26 and the C++ runtime, and needs neither a shell nor npm.
# Behind a registry that wants a login: --secret id=npmrc,src=$HOME/.npmrc
ARG BUILD=node:26-bookworm
ARG BASE=node:26-bookworm-slim

FROM ${BUILD} AS packages
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY shared shared
COPY services services
# The install scripts only fetch what other systems or GPUs need.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=false \
    npm ci --omit=dev --ignore-scripts
COPY migrations migrations
COPY ops/images ops/images
RUN mkdir /lake

FROM packages AS inference-files
RUN node ops/images/assemble.ts inference /image
FROM packages AS ingestion-files
RUN node ops/images/assemble.ts ingestion /image
FROM packages AS batch-files
RUN node ops/images/assemble.ts batch /image
FROM packages AS monitoring-files
RUN node ops/images/assemble.ts monitoring /image
FROM packages AS control-files
RUN node ops/images/assemble.ts control /image

# XGBoost comes from Debian's package; the C++ runtime that it also wants is in BASE.
FROM packages AS training-files
# hadolint ignore=DL3008 # its version is that of BUILD's Debian
RUN ls /usr/lib/*-linux-gnu/libxgboost.so.0 2>/dev/null || { \
      apt-get update && apt-get install -y --no-install-recommends libxgboost0 && rm -rf /var/lib/apt/lists/*; \
    }
# hadolint ignore=SC2046 # a list of words
RUN mkdir -p /image/lib && \
    cp /usr/lib/*-linux-gnu/libxgboost.so.0 /usr/lib/*-linux-gnu/libdmlc.so.0 /usr/lib/*-linux-gnu/libgomp.so.1 /image/lib/ && \
    node ops/images/assemble.ts training /image $(dpkg-query -W -f '${Package}=${Version} ' libxgboost0 libdmlc0 libgomp1)

FROM ${BASE} AS service
ARG VERSION=0.1.0
ARG REVISION
WORKDIR /app
# A new volume takes its owner from here.
COPY --from=packages --chown=10001:10001 /lake /lake
# The services refuse ONNX Runtime's telemetry themselves; here it is refused to whatever else is run in the image.
ENV NODE_ENV=production HOST=0.0.0.0 ORT_DISABLE_TELEMETRY=1 CHURN_CODE_COMMIT=${REVISION}
LABEL org.opencontainers.image.vendor="churn" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

FROM service AS inference
LABEL org.opencontainers.image.title="churn inference"
COPY --from=inference-files /image /app
ENV PORT=8000
EXPOSE 8000
CMD ["node", "services/inference/main.ts"]

FROM service AS ingestion
LABEL org.opencontainers.image.title="churn ingestion"
COPY --from=ingestion-files /image /app
ENV PORT=8001
EXPOSE 8001
CMD ["node", "services/ingestion/main.ts"]

FROM service AS batch
LABEL org.opencontainers.image.title="churn batch"
COPY --from=batch-files /image /app
ENV PORT=8002
EXPOSE 8002
CMD ["node", "services/batch/main.ts"]

FROM service AS training
LABEL org.opencontainers.image.title="churn training"
COPY --from=training-files /image /app
ENV PORT=8003 LD_LIBRARY_PATH=/app/lib
EXPOSE 8003
CMD ["node", "services/training/main.ts"]

FROM service AS monitoring
LABEL org.opencontainers.image.title="churn monitoring"
COPY --from=monitoring-files /image /app
ENV PORT=8004
EXPOSE 8004
CMD ["node", "services/monitoring/main.ts"]

FROM service AS control
LABEL org.opencontainers.image.title="churn control"
COPY --from=control-files /image /app
ENV PORT=8080
EXPOSE 8080
CMD ["node", "services/control/main.ts"]
