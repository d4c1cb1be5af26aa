# One file for every service: docker build --build-arg SERVICE=inference -t churn/inference .
# The base image must have Node 26 and a Debian userland (XGBoost comes from its packages).
ARG BASE=node:26-bookworm-slim
FROM ${BASE} AS dependencies
ARG SERVICE
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY services/${SERVICE}/package.json services/${SERVICE}/
COPY shared shared
# Only what this service and its libraries name; the devDependency `node` stays out, the base has it.
RUN npm ci --omit=dev --workspace "services/${SERVICE}" --include-workspace-root=false

FROM ${BASE}
ARG SERVICE
RUN if [ "${SERVICE}" = training ]; then \
      apt-get update && apt-get install -y --no-install-recommends libxgboost0 && rm -rf /var/lib/apt/lists/*; \
    fi
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY shared shared
COPY services/${SERVICE} services/${SERVICE}
ENV NODE_ENV=production HOST=0.0.0.0 SERVICE=${SERVICE}
USER 10001:10001
CMD ["sh", "-c", "exec node services/$SERVICE/main.ts"]
