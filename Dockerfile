# One image for all our services; compose.yaml says which one a container runs.
# No `# syntax=` line: it would be pulled, and nothing here needs it.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# `npm ci` would refuse the lock file where the registry lacks other platforms' binaries; --no-save keeps to the lock as well.
# No install scripts: nothing that runs in production needs one, and they are the usual way in for a bad package.
RUN --mount=type=cache,target=/root/.npm \
    npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/.package-lock.json

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    METRICS_PORT=9464
WORKDIR /app
# Volumes take over these folders' owner when they are first mounted.
RUN mkdir -p /data /workspace && chown node:node /data /workspace
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY shared ./shared
COPY mcp ./mcp
COPY services ./services
COPY litellm/offline ./litellm/offline
COPY start/embedded/demo-objects.ts start/embedded/workspace.ts ./start/embedded/
USER node
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "services/worker/main.ts"]
