# One image for all our services; compose.yaml says which service a container runs.
# There is no `# syntax=` line: Docker would pull an image for it, and nothing here needs that.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# `npm ci` would refuse the lock file where the registry lacks other platforms' binaries; with --no-save, `npm install`
# keeps to the lock as well.
# Install scripts are off: nothing that runs in production needs one, and bad packages usually attack through them.
RUN --mount=type=cache,target=/root/.npm \
    npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/.package-lock.json

FROM ${NODE_IMAGE} AS service
ENV NODE_ENV=production \
    METRICS_PORT=9464
WORKDIR /app
# A volume takes over the owner of its folder when it is first mounted.
RUN mkdir -p /data /workspace /databases && chown node:node /data /workspace /databases
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY shared ./shared
COPY mcp ./mcp
COPY services ./services
COPY litellm/offline ./litellm/offline
COPY litellm/prompts ./litellm/prompts
USER node
# bash checks instead of node: a dozen Node processes every few seconds would cost more than the services themselves.
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=6 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$METRICS_PORT && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]
CMD ["node", "services/worker/main.ts"]

# The same with Chromium, for the tool-runner of the browser.
FROM service AS browser
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends chromium fonts-liberation fonts-noto-color-emoji \
 && rm -rf /var/lib/apt/lists/*
USER node

# What is built where no target is named.
FROM service
