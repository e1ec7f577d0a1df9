#!/bin/sh
# Does as the official image does: options go to redis-server, and root becomes the redis user.
set -e
case "${1:-}" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  chown -R redis:redis .
  exec setpriv --reuid=redis --regid=redis --clear-groups "$@"
fi
exec "$@"
