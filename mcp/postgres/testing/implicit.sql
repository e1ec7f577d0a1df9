-- What PostgreSQL runs without being asked by name. `trap` shows that it ran: with its owner's rights it reads what the
-- reader may not read.
CREATE TABLE secret (word text);
INSERT INTO secret VALUES ('CANARY');
CREATE FUNCTION trap(text) RETURNS text LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS
  $f$ BEGIN RAISE EXCEPTION 'RAN %', (SELECT word FROM secret); END $f$;
CREATE FUNCTION trap_bool() RETURNS boolean LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS
  $f$ BEGIN PERFORM trap(''); RETURN true; END $f$;

-- A type of its own with operators, as extensions bring them.
CREATE TYPE addr AS (hi int, lo int);
CREATE FUNCTION addr_eq(addr, addr) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN PERFORM trap(''); RETURN true; END $f$;
CREATE FUNCTION addr_cmp(addr, addr) RETURNS int LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN PERFORM trap(''); RETURN 0; END $f$;
CREATE FUNCTION addr_add(addr, int) RETURNS addr LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN PERFORM trap(''); RETURN $1; END $f$;
CREATE FUNCTION addr_neg(addr) RETURNS addr LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN PERFORM trap(''); RETURN $1; END $f$;
CREATE FUNCTION lower(addr) RETURNS addr LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN PERFORM trap(''); RETURN $1; END $f$;
CREATE FUNCTION addr_text(addr) RETURNS text LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN RETURN trap(''); END $f$;
CREATE FUNCTION addr_json(addr) RETURNS json LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN PERFORM trap(''); RETURN '1'; END $f$;
CREATE OPERATOR = (leftarg = addr, rightarg = addr, function = addr_eq, commutator = =);
CREATE OPERATOR <> (leftarg = addr, rightarg = addr, function = addr_eq);
CREATE OPERATOR < (leftarg = addr, rightarg = addr, function = addr_eq);
CREATE OPERATOR <= (leftarg = addr, rightarg = addr, function = addr_eq);
CREATE OPERATOR > (leftarg = addr, rightarg = addr, function = addr_eq);
CREATE OPERATOR >= (leftarg = addr, rightarg = addr, function = addr_eq);
CREATE OPERATOR + (leftarg = addr, rightarg = int, function = addr_add);
CREATE OPERATOR - (rightarg = addr, function = addr_neg);
CREATE OPERATOR CLASS addr_ops DEFAULT FOR TYPE addr USING btree AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 addr_cmp(addr, addr);
CREATE CAST (addr AS text) WITH FUNCTION addr_text(addr) AS IMPLICIT;
CREATE CAST (addr AS json) WITH FUNCTION addr_json(addr);

-- Operators between built-in types that have none, and an overload that only looks like a built-in one.
CREATE FUNCTION int_is_text(int, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN PERFORM trap(''); RETURN true; END $f$;
CREATE OPERATOR = (leftarg = int, rightarg = text, function = int_is_text);
CREATE OPERATOR < (leftarg = int, rightarg = text, function = int_is_text);
CREATE OPERATOR >= (leftarg = int, rightarg = text, function = int_is_text);
CREATE OPERATOR <= (leftarg = int, rightarg = text, function = int_is_text);
CREATE OPERATOR > (leftarg = int, rightarg = text, function = int_is_text);

-- A number type that every int becomes by itself.
CREATE TYPE big AS (digits text);
CREATE FUNCTION big_of(int) RETURNS big LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $f$ BEGIN PERFORM trap(''); RETURN ROW('1')::big; END $f$;
CREATE FUNCTION big_eq(big, big) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE CAST (int AS big) WITH FUNCTION big_of(int) AS IMPLICIT;
CREATE OPERATOR = (leftarg = big, rightarg = big, function = big_eq);

-- Domains whose checks run it: one over another, in an array, in a row.
CREATE DOMAIN checked AS text CHECK (VALUE IS NULL OR trap(VALUE) IS NOT NULL);
CREATE DOMAIN over_checked AS checked;
CREATE TYPE pair AS (a checked, b int);
CREATE TYPE checked_range AS RANGE (subtype = checked);
CREATE DOMAIN harmless AS text CHECK (VALUE <> 'x' AND length(VALUE) < 100);

CREATE TABLE hosts (id int, name text, ip addr, other addr, big big, note harmless);
INSERT INTO hosts VALUES (1, 'a', ROW(1, 2), ROW(1, 2), NULL, 'n'), (2, 'b', ROW(3, 4), ROW(1, 2), NULL, 'm');
CREATE TABLE more (id int, ip addr, name int, word text);
INSERT INTO more VALUES (1, ROW(1, 2), 1, 'a');
CREATE TABLE domains (id int, one checked, list checked[], whole pair);
INSERT INTO domains (id) VALUES (1), (2);

-- A harmless function of which a default does harm.
CREATE FUNCTION with_default(a int, b text DEFAULT trap('x')) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';

-- What the owner made for reading.
CREATE VIEW shows AS SELECT id, trap(name) AS word FROM hosts;
CREATE VIEW over_shows AS SELECT id, word FROM shows;
CREATE VIEW plain_view AS SELECT id, upper(name) AS name FROM hosts WHERE id < 10;
CREATE VIEW locked_view AS SELECT pg_try_advisory_lock(1) FROM hosts;
CREATE FUNCTION tenant() RETURNS text LANGUAGE plpgsql STABLE AS $f$ BEGIN RETURN 'a'; END $f$;
CREATE VIEW helped AS SELECT id, tenant() AS tenant FROM hosts;
CREATE TABLE guarded (id int); INSERT INTO guarded VALUES (1); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY hidden_trap ON guarded USING (trap_bool());
CREATE TABLE guarded_well (id int, owner text); INSERT INTO guarded_well VALUES (1, 'a'); ALTER TABLE guarded_well ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON guarded_well USING (owner = tenant());
CREATE POLICY writers ON guarded_well FOR INSERT WITH CHECK (trap_bool());
CREATE VIEW over_guarded AS SELECT * FROM guarded;
-- A superuser's view would pass the policies.
DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'traps_owner') THEN CREATE ROLE traps_owner; END IF; END $do$;
GRANT SELECT ON guarded TO traps_owner;
ALTER VIEW over_guarded OWNER TO traps_owner;
CREATE TABLE defaults (id int, word text DEFAULT trap('x'), made int GENERATED ALWAYS AS (id + 1) STORED);
ALTER TABLE defaults ALTER word SET DEFAULT NULL; INSERT INTO defaults (id, word) VALUES (1, 'w');
