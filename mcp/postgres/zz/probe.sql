SELECT * FROM v_leak
@@
SELECT * FROM v_secret_owner
@@
SELECT nested(1)
@@
SELECT nested2(1)
@@
SELECT 'x'::evil_dom
@@
SELECT CAST('x' AS evil_dom)
@@
SELECT evil_dom 'x'
@@
SELECT ROW(1,'a')::pair::text
@@
SELECT pr || 'x' FROM weird
@@
SELECT pr FROM weird
@@
SELECT concat(pr, 'x') FROM weird
@@
SELECT 1 ### 'api_key'
@@
SELECT 1 OPERATOR(public.###) 'api_key'
@@
SELECT evil_agg(name) FROM customers
@@
SELECT c.full_name FROM customers c LIMIT 1
@@
SELECT full_name(c) FROM customers c LIMIT 1
@@
SELECT (c).full_name FROM customers c LIMIT 1
@@
SELECT c.tot FROM customers c LIMIT 1
@@
SELECT * FROM weird
@@
SELECT * FROM "drop table x; --"
@@
SELECT * FROM part
@@
SELECT * FROM rls2
@@
SELECT to_char(now(), 'x')
@@
SELECT to_char(now(), 'x', 2)
@@
SELECT count_em('a','b')
@@
SELECT evil.now()
@@
SELECT safe_sql(1)
@@
SELECT poly(1)
@@
SELECT * FROM srf()
@@
SELECT lower('A', 1)
@@
SELECT * FROM gen
@@
SELECT json_agg(c) FROM (SELECT * FROM customers LIMIT 2) c
@@
SELECT row_to_json(w) FROM weird w LIMIT 1
@@
SELECT xmlparse(document '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')
@@
SELECT xml '<a/>' 
@@
SELECT xpath('/a', '<a/>'::xml)
@@
SELECT * FROM XMLTABLE('/a' PASSING '<a/>'::xml COLUMNS x text PATH '.')
@@
SELECT * FROM ROWS FROM (generate_series(1,2), pg_ls_dir('.')) AS t(a,b)
@@
SELECT * FROM LATERAL pg_ls_dir('.') d
@@
SELECT 1 FROM customers TABLESAMPLE bernoulli(1) LIMIT 1
@@
SELECT 1 FROM customers TABLESAMPLE system_rows(1)
@@
SELECT 1 WHERE EXISTS (SELECT pg_advisory_xact_lock(1))
@@
SELECT 1 ORDER BY pg_advisory_xact_lock(1)
@@
SELECT 1 LIMIT (SELECT lo_creat(-1)::int)
@@
SELECT count(*) FILTER (WHERE pg_try_advisory_lock(2)) FROM customers
@@
SELECT sum(1) OVER (PARTITION BY pg_try_advisory_lock(3))
@@
VALUES (pg_try_advisory_lock(4))
@@
SELECT pg_catalog.set_config('x.y', 'z', true)
@@
SELECT current_setting('data_directory')
@@
SELECT current_setting('is_superuser'), current_user, session_user, inet_server_addr()
@@
SELECT * FROM pg_settings WHERE name ~ 'file|directory|primary_conninfo' LIMIT 5
@@
SHOW ALL
@@
SHOW config_file
@@
SELECT * FROM pg_stat_activity
@@
SELECT * FROM pg_authid
@@
SELECT * FROM pg_statistic LIMIT 1
@@
SELECT * FROM pg_stats WHERE tablename='secrets'
@@
SELECT * FROM pg_file_settings
@@
SELECT * FROM pg_largeobject
@@
SELECT * FROM pg_stat_ssl
@@
SELECT pg_get_viewdef('v_leak'), pg_get_functiondef('leak'::regproc)
@@
SELECT 'leak'::regproc, 'leak()'::regprocedure, '###(int,text)'::regoperator
@@
SELECT nextval('invoice_seq')
@@
SELECT * FROM invoice_seq
@@
SELECT pg_sequence_last_value('invoice_seq'::regclass)
@@
EXPLAIN (ANALYZE, BUFFERS) SELECT 1
@@
EXPLAIN (ANALYZE off) DELETE FROM orders
@@
EXPLAIN (GENERIC_PLAN) SELECT * FROM orders WHERE id=$1
@@
EXPLAIN CREATE TABLE x AS SELECT 1
@@
EXPLAIN DECLARE c CURSOR FOR SELECT 1
@@
EXPLAIN REFRESH MATERIALIZED VIEW mv_country
@@
SELECT 1\NUL; DROP TABLE orders
@@
SELECT 1 -- \CR DROP TABLE orders
@@
SELECT 1 --\CR, leak()
@@
SELECT 1 -- x
, leak()
@@
SELECT U&'\D83D\DE00' , U&"\0041" FROM (SELECT 1 AS "A") x
@@
SELECT U&"pg!005fls!005fdir" UESCAPE '!' ('.')
@@
SELECT E'\x41', E'\uD83D\uDE00', E'\ud83d'
@@
SELECT 'a' 'b'
@@
SELECT 'a'
'b'
@@
SELECT chr(0)
@@
SELECT convert_from('\xff','utf8')
@@
SELECT "pg_read_file" ('/etc/passwd')
@@
SELECT pg_catalog."pg_read_file"('/etc/passwd')
@@
SELECT pg_catalog . pg_read_file ( '/etc/passwd' )
@@
SELECT shop.pg_catalog.pg_read_file('/etc/passwd')
@@
SELECT pg_read_binary_file('/etc/passwd')
@@
SELECT pg_ls_waldir()
@@
SELECT * FROM dblink('host=127.0.0.1 port=\PORT dbname=shop','SELECT v FROM secrets') AS t(v text)
@@
SELECT * FROM public.dblink('dbname=shop','SELECT v FROM secrets') AS t(v text)
@@
SELECT * FROM pg_stat_statements LIMIT 1
@@
SELECT pgp_sym_decrypt(pgp_sym_encrypt('x','y'),'y')
@@
SELECT gen_random_bytes(4), crypt('x', gen_salt('bf',4))
@@
SELECT pg_column_size(repeat('x',1000000000))
@@
SELECT repeat('x', 1000000000)
@@
SELECT array_fill(1, ARRAY[100000000])
@@
SELECT regexp_replace(repeat('a',100000), '(a*)*b', '', 'g')
@@
SELECT repeat('a',40) ~ '^(a|aa)+$b'
@@
SELECT string_agg(repeat('x',1000),'') FROM generate_series(1,3000000)
@@
SELECT 10::numeric ^ 100000
@@
SELECT factorial(30000)
@@
SELECT format('%s', now()), format('%100000000s', 'x')
@@
SELECT * FROM generate_series(1,3) WITH ORDINALITY
@@
SELECT 1 AS a, 2 AS a
@@
SELECT 1 AS "", 2 AS "a|b", 3 AS "c
d"
@@
SELECT * FROM orders WHERE total = ANY('{1.99,2.99}')  LIMIT 2
@@
SELECT jsonb_path_query('{"a":[1,2,3]}', '$.a[*] ? (@ > 1)')
@@
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n+1 FROM t WHERE n<5) SEARCH DEPTH FIRST BY n SET o SELECT * FROM t
@@
WITH x AS MATERIALIZED (SELECT 1) SELECT * FROM x
@@
SELECT DISTINCT ON (status) * FROM orders ORDER BY status, id
@@
SELECT customer_id FROM orders GROUP BY ROLLUP(customer_id) LIMIT 2
@@
MERGE INTO customers USING orders ON false WHEN NOT MATCHED THEN DO NOTHING
@@
SELECT id FROM customers WHERE name LIKE '%User 1%' FETCH FIRST 3 ROWS WITH TIES
@@
SELECT id FROM customers ORDER BY id FETCH FIRST 3 ROWS WITH TIES
@@
TABLE customers LIMIT 1 OFFSET 999999999
@@
SELECT * FROM customers LIMIT -1
@@
SELECT ts AT TIME ZONE 'Europe/Berlin' FROM metrics LIMIT 1
@@
SELECT now() AT TIME ZONE 'Mars'
@@
SELECT timestamp '2026-02-30'
@@
select emial from customers
@@
select * from custmers
@@
select * from public.customers c join order o on true
@@
select * from shop.public.customers limit 1
@@
select * from other.public.customers limit 1
@@
SELECT lower(id) FROM customers
@@
SELECT nosuchfunc(1)
@@
select count(* from orders
@@
SELEC 1
@@
SELECT TOP 5 * FROM customers
@@
SELECT * FROM `customers`
@@
SELECT * FROM customers WHERE name = "User 1"
@@
DESCRIBE customers
@@
SHOW TABLES
@@
USE shop
@@
\d customers
@@
SELECT group_concat(name) FROM customers
@@
SELECT IFNULL(name,'x') FROM customers LIMIT 1
@@
select 1 union select 'a'
@@
SELECT name, count(*) FROM customers
@@
SELECT * FROM pg_catalog.pg_proc WHERE proname = 'leak'
@@
SELECT pg_typeof(1), version()
@@
SELECT pg_reload_conf()
@@
SELECT pg_backend_pid()
@@
CALL wipe()
@@
DECLARE c CURSOR FOR SELECT 1
@@
SELECT pg_promote()
@@
SELECT brin_summarize_new_values('x'::regclass)
@@
SELECT gin_clean_pending_list('x'::regclass)
@@
SELECT pg_stat_get_activity(NULL)
@@
SELECT pg_import_system_collations('public')
@@
SELECT currtid2('customers', '(0,1)')
@@
SELECT has_table_privilege('secrets','select')
@@
SELECT query_to_xml_and_xmlschema('select 1',true,true,'')
@@
SELECT to_regclass('secrets')
@@
SELECT pg_get_keywords()
@@
SELECT 1::text::regclass
@@
SELECT lo_get(1)
@@
SELECT pg_current_snapshot()
@@
SELECT pg_export_snapshot()
@@
SELECT inet_client_addr(), inet_server_port(), pg_postmaster_start_time(), pg_conf_load_time()
@@
SELECT * FROM information_schema.role_table_grants LIMIT 2
@@
SELECT pg_show_all_settings() LIMIT 1
@@
SELECT pg_ident_file_mappings()
@@
SELECT * FROM pg_stat_file('postgresql.conf')
@@
SELECT pg_current_logfile()
@@
SELECT set_bit('\x00'::bytea, 100000, 1)
@@
SELECT generate_series(1, 5) g, unnest(ARRAY['a','b'])
@@
SELECT * FROM unnest(ARRAY[1,2], ARRAY['a']) AS t(a,b)
@@
SELECT ''
@@
SELECT * FROM customers WHERE id = 'abc'
@@
!postgres_query {"query":"SELECT 1","database":"template1"}
@@
!postgres_query {"query":"SELECT 1","database":"nope"}
@@
!postgres_query {"query":"SELECT 1","database":"shop?options=-c%20role=x"}
@@
!postgres_query {"query":"SELECT 1","database":"shop' --"}
@@
!postgres_query {"query":"SELECT 1","database":""}
@@
!postgres_query {"query":"SELECT 1","max_rows":0}
@@
!postgres_query {"query":"SELECT * from customers","max_rows":2}
@@
!postgres_query {"query":["SELECT 1"]}
@@
!postgres_query {"query":null}
@@
!postgres_query {"sql":"SELECT 1"}
@@
!postgres_describe_table {"table":"customers"}
@@
!postgres_describe_table {"table":"public.customers"}
@@
!postgres_describe_table {"table":"drop table x; --"}
@@
!postgres_describe_table {"table":"weird"}
@@
!postgres_describe_table {"table":"secrets"}
@@
!postgres_describe_table {"table":"customerz"}
@@
!postgres_describe_table {"table":"\"Weird Table\""}
@@
!postgres_describe_table {"table":"Weird Table"}
@@
!postgres_describe_table {"table":"part"}
@@
!postgres_describe_table {"table":"v_leak"}
@@
!postgres_describe_table {"table":"pg_class"}
@@
!postgres_describe_table {"table":"x\u0000y"}
@@
!postgres_list_tables {"schema":"nope"}
@@
!postgres_list_tables {"schema":"evil"}
@@
!postgres_list_tables {}
@@
!postgres_explain {"query":"DELETE FROM orders"}
@@
!postgres_explain {"query":"EXPLAIN ANALYZE SELECT 1"}
@@
!postgres_explain {"query":"SELECT leak()"}
@@
!postgres_explain {"query":"SELECT * FROM v_leak"}
@@
!postgres_explain {"query":"ANALYZE SELECT 1"}
@@
!postgres_explain {"query":"(ANALYZE) SELECT 1"}
@@
!postgres_list_databases {}
