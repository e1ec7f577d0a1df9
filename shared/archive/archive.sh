#!/bin/bash
# Run by the PostgreSQL image on an empty volume: makes the archive's database, and the role that keeps history in it. Run it
# by hand on a volume of an earlier version, and after the password was changed.
set -eu
admin() { psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" "$@"; }
made=$(admin -d "$POSTGRES_DB" -Atc "SELECT count(*) FROM pg_database WHERE datname = 'dragoman_archive'")
[ "$made" = 1 ] || admin -d "$POSTGRES_DB" -c 'CREATE DATABASE dragoman_archive'
admin -d dragoman_archive -f - <<SQL
SET dragoman.password = '$(cat /run/secrets/archive/password)';
\i /etc/dragoman/archive-role.sql
SQL
