-- Makes the one role that uses the archive. Run it as a superuser in the archive's own database, which nobody else needs:
--
--   createdb dragoman_archive
--   psql -v ON_ERROR_STOP=1 -d dragoman_archive -c "SET dragoman.password = '…'" -f shared/archive/role.sql
--
-- dragoman.password is the role's password; an existing one stays when this is not set. The script may run again at any time.
--
-- The role owns one schema, in which Dragoman makes its tables itself. Nobody else may enter this database, above all not the
-- role with which the postgres tool reads: what people have asked is not for a model to look up.

DO $role$
DECLARE
  password text := nullif(current_setting('dragoman.password', true), '');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dragoman_archive') THEN
    CREATE ROLE dragoman_archive;
  END IF;
  ALTER ROLE dragoman_archive LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 50;
  IF password IS NOT NULL THEN
    EXECUTE format('ALTER ROLE dragoman_archive PASSWORD %L', password);
  END IF;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO dragoman_archive', current_database());
END
$role$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS archive AUTHORIZATION dragoman_archive;
