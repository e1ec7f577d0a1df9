-- Makes the role with which Dragoman reads this database. Run it as a superuser, in every database that is to be read:
--
--   psql -v ON_ERROR_STOP=1 -d shop -c "SET dragoman.password = '...'" -f mcp/postgres/role.sql
--
-- Settings before the script, all with defaults:
--   dragoman.role      name of the role (dragoman_ro)
--   dragoman.password  its password; an existing one stays when this is not set
--   dragoman.schemas   the schemas it may read, separated by commas (public)
--
-- It may run again at any time, and should after new tables or functions were made. To hide a table:
-- REVOKE SELECT ON secrets FROM dragoman_ro.
--
-- PostgreSQL cannot take a right from one role that PUBLIC holds. So the script takes the rights below from PUBLIC and
-- gives them to every other role that exists now; a role that is made later and needs one wants a GRANT of its own.

DO $role$
DECLARE
  reader text := coalesce(nullif(current_setting('dragoman.role', true), ''), 'dragoman_ro');
  password text := nullif(current_setting('dragoman.password', true), '');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
    EXECUTE format('CREATE ROLE %I', reader);
  END IF;
  EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 50', reader);
  IF password IS NOT NULL THEN
    EXECUTE format('ALTER ROLE %I PASSWORD %L', reader, password);
  END IF;
  EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', reader);
  EXECUTE format('ALTER ROLE %I SET statement_timeout = ''60s''', reader);
  EXECUTE format('ALTER ROLE %I SET lock_timeout = ''2s''', reader);
  EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', reader);
  BEGIN
    -- A query whose client is gone ends within a second instead of at its time limit (PostgreSQL 14, on systems that
    -- allow it).
    EXECUTE format('ALTER ROLE %I SET client_connection_check_interval = ''1s''', reader);
  EXCEPTION WHEN undefined_object OR invalid_parameter_value THEN
    RAISE NOTICE 'client_connection_check_interval of % was not set: this server does not have it', reader;
  END;
  BEGIN
    EXECUTE format('ALTER ROLE %I SET temp_file_limit = ''512MB''', reader);
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'temp_file_limit of % was not set: only a superuser may', reader;
  END;
END
$role$;

DO $rights$
DECLARE
  reader text := coalesce(nullif(current_setting('dragoman.role', true), ''), 'dragoman_ro');
  named text := nullif(current_setting('dragoman.schemas', true), '');
  schemas text[] := ARRAY(SELECT btrim(btrim(each), '"') FROM unnest(string_to_array(coalesce(named, 'public'), ',')) AS each);
  missing text;
  others text;
  item record;
BEGIN
  SELECT string_agg(quote_ident(name), ', ') INTO missing
    FROM unnest(schemas) AS name WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name);
  IF missing IS NOT NULL AND named IS NOT NULL THEN
    RAISE EXCEPTION 'This database has no schema %', missing
      USING HINT = 'Correct dragoman.schemas, which names schemas as they are, separated by commas, and run the script again.';
  END IF;

  SELECT string_agg(quote_ident(rolname), ', ') INTO others
    FROM pg_roles WHERE rolname <> reader AND rolname !~ '^pg_' AND NOT rolsuper;

  -- The reader may read the named schemas and everything in them.
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), reader);
  FOR item IN SELECT nspname FROM pg_namespace WHERE nspname = ANY(schemas) LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', item.nspname, reader);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', item.nspname, reader);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO %I', item.nspname, reader);
  END LOOP;

  -- No temporary tables, and no new objects in public (PostgreSQL 14 and older grant that to PUBLIC).
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  IF others IS NOT NULL THEN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %s', current_database(), others);
  END IF;
  FOR item IN SELECT nspname FROM pg_namespace n WHERE nspname !~ '^pg_' AND has_schema_privilege(reader, oid, 'CREATE') LOOP
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', item.nspname);
    IF others IS NOT NULL THEN
      EXECUTE format('GRANT CREATE ON SCHEMA %I TO %s', item.nspname, others);
    END IF;
  END LOOP;

  -- Takes away functions with effects that a read-only transaction lets through, functions that run SQL from strings,
  -- and every function of a user or extension that runs with its owner's rights.
  FOR item IN
    SELECT p.oid::regprocedure AS signature, p.prokind
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE p.prokind IN ('f', 'p') AND has_function_privilege(reader, p.oid, 'EXECUTE')
       AND ((p.prosecdef AND p.oid >= 16384)
         OR p.proname ~ '^(lo_.*|loread|lowrite|pg_(try_)?advisory_.*|pg_notify|pg_logical_emit_message|set_config|setseed)$'
         OR p.proname ~ '^(pg_(cancel|terminate)_backend|pg_sleep(_for|_until)?|pg_export_snapshot|pg_current_xact_id|txid_current)$'
         OR p.proname ~ '^((query|cursor|table|schema|database)_to_xml(schema|_and_xmlschema)?|ts_stat|xpath_table|dblink.*|crosstab.*|connectby)$'
         OR (p.proname = 'ts_rewrite' AND p.provolatile = 'v'))
  LOOP
    EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC, %I', item.signature, reader);
    IF others IS NOT NULL THEN
      EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %s', item.signature, others);
    END IF;
  END LOOP;
END
$rights$;
