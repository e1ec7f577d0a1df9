-- The rooms of a small roastery: a reading of each sensor every quarter of an hour, for the last thirty days. One sensor was
-- away for a day, so that there is a gap to fill.
CREATE EXTENSION IF NOT EXISTS timescaledb;
CREATE TABLE sensors (id text PRIMARY KEY, room text NOT NULL, installed date NOT NULL);
INSERT INTO sensors VALUES ('green-store', 'Green coffee store', '2025-03-01'), ('roastery', 'Roastery', '2025-03-01'), ('tasting', 'Tasting room', '2026-01-15');
CREATE TABLE readings (
  time timestamptz NOT NULL,
  sensor text NOT NULL REFERENCES sensors (id),
  celsius double precision,
  humidity double precision
);
COMMENT ON TABLE readings IS 'Temperature and humidity of the rooms';
SELECT create_hypertable('readings', 'time', chunk_time_interval => interval '7 days');
INSERT INTO readings
SELECT t, s.id,
       round((18 + s.n * 2 + 3 * sin(extract(epoch FROM t) / 13750.98) + (extract(epoch FROM t)::bigint / 900 * s.n % 7) * 0.1)::numeric, 2),
       round((55 - s.n * 4 + 5 * cos(extract(epoch FROM t) / 13750.98))::numeric, 1)
  FROM generate_series(date_trunc('hour', now()) - interval '30 days', date_trunc('hour', now()), interval '15 minutes') AS t,
       (VALUES ('green-store', 0), ('roastery', 3), ('tasting', 1)) AS s (id, n)
 WHERE NOT (s.id = 'tasting' AND t BETWEEN now() - interval '4 days' AND now() - interval '3 days');
CREATE INDEX readings_of_sensor ON readings (sensor, time DESC);
ALTER TABLE readings SET (timescaledb.compress, timescaledb.compress_segmentby = 'sensor', timescaledb.compress_orderby = 'time DESC');
SELECT add_compression_policy('readings', interval '14 days');
SELECT add_retention_policy('readings', interval '1 year');
SELECT compress_chunk(c) FROM show_chunks('readings', older_than => interval '14 days') AS c;
CREATE MATERIALIZED VIEW readings_daily WITH (timescaledb.continuous) AS
  SELECT time_bucket('1 day', time) AS day, sensor, avg(celsius) AS celsius, min(celsius) AS coldest, max(celsius) AS warmest
    FROM readings GROUP BY 1, 2 WITH NO DATA;
SELECT add_continuous_aggregate_policy('readings_daily', start_offset => interval '40 days', end_offset => interval '1 hour', schedule_interval => interval '1 hour');
