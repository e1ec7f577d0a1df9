#!/bin/bash
# The PostgreSQL image runs this on an empty volume, after the demo data. It makes the role that Dragoman reads with.
# The password goes through a file descriptor, not through the arguments that every process can see.
set -eu
psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f - <<SQL
SET dragoman.password = '$(cat /run/secrets/postgres-reader/password)';
\i /etc/dragoman/role.sql
SQL
