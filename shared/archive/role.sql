-- Makes the archive's database, and the one role that uses it. Run it as a superuser, with psql, in any database:
--
--   psql -v ON_ERROR_STOP=1 -d postgres -c "SET dragoman.archive_password = '…'" -f shared/archive/role.sql
--
-- Settings before the script: dragoman.archive_password, the role's password; an existing one stays when this is not set.
-- It may run again at any time. The role owns one schema in a database of its own, in which Dragoman makes its tables itself,
-- and nobody else may enter that database: not the role with which the postgres tool reads.

DO $role$
DECLARE
  password text := nullif(current_setting('dragoman.archive_password', true), '');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dragoman_archive') THEN
    CREATE ROLE dragoman_archive;
  END IF;
  ALTER ROLE dragoman_archive LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 50;
  IF password IS NOT NULL THEN
    EXECUTE format('ALTER ROLE dragoman_archive PASSWORD %L', password);
  END IF;
END
$role$;

SELECT 'CREATE DATABASE dragoman_archive TEMPLATE template0 ENCODING ''UTF8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'dragoman_archive') \gexec
REVOKE ALL ON DATABASE dragoman_archive FROM PUBLIC;
GRANT CONNECT ON DATABASE dragoman_archive TO dragoman_archive;

\connect dragoman_archive
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS archive AUTHORIZATION dragoman_archive;
