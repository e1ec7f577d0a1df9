#!/bin/sh
# LiteLLM reads secrets from its environment only, so this puts the mounted ones there.
set -eu
LITELLM_MASTER_KEY=$(cat /run/secrets/litellm/key)
LLM_API_KEY=$(cat /run/secrets/llm/api_key)
export LITELLM_MASTER_KEY LLM_API_KEY
# The file has a line NAME=value for each tool-runner's token.
set -a
. /run/secrets/mcp-tokens/tokens.env
set +a
if [ -n "${LITELLM_DATABASE:-}" ]; then
  DATABASE_URL="postgresql://litellm:$(cat /run/secrets/litellm-db/password)@litellm-db:5432/litellm"
  export DATABASE_URL
fi
[ -n "${LLM_API_BASE:-}" ] || unset LLM_API_BASE
exec docker/prod_entrypoint.sh --config /etc/litellm/config.yaml --host 0.0.0.0 --port 4000 --num_workers 1
