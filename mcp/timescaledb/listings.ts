import { z } from 'zod';
import type { AnyTool } from '#mcp/kit.ts';
import type { Backend } from '#mcp/postgres/backend.ts';
import { hypertable, listing, readable } from './listing.ts';

/** $1 and $2 are the schema and the name of a hypertable, or null. */
const ofTable = '($1::text is null or (hypertable_schema = $1 and hypertable_name = $2))';
const one = z.object({ hypertable });
const some = z.object({ hypertable: hypertable.optional() });

/** The tools that show what TimescaleDB tells of itself. */
export function listings(backend: Backend): AnyTool[] {
  return [
    listing(backend, {
      name: 'timescale_list_hypertables',
      title: 'List hypertables',
      description:
        'Lists the hypertables (time series) of TimescaleDB with their time column, chunks and size. Start here.',
      input: z.object({}),
      sql: `select hypertable_schema || '.' || hypertable_name as hypertable, primary_dimension as time_column, num_chunks as chunks,
        compression_enabled as compressed,
        pg_catalog.pg_size_pretty(hypertable_size(pg_catalog.format('%I.%I', hypertable_schema, hypertable_name)::regclass)) as size
        from timescaledb_information.hypertables where ${readable} and $1::text is null and $2::text is null order by 1`,
      none: 'There are no hypertables that can be read.',
    }),
    listing(backend, {
      name: 'timescale_describe_hypertable',
      title: 'Describe a hypertable',
      description: 'Columns of one hypertable of TimescaleDB, and which of them divide it into chunks.',
      input: one,
      sql: `select c.column_name::text as column, c.data_type::text as type, c.is_nullable::text as nullable, d.dimension_type::text as dimension,
        coalesce(d.time_interval::text, d.integer_interval::text) as chunk_interval, d.num_partitions as partitions
        from information_schema.columns c left join timescaledb_information.dimensions d
          on d.hypertable_schema = c.table_schema and d.hypertable_name = c.table_name and d.column_name = c.column_name
        where c.table_schema = $1 and c.table_name = $2 order by c.ordinal_position`,
      none: 'It has no columns that can be read.',
    }),
    listing(backend, {
      name: 'timescale_chunks',
      title: 'Chunks of a hypertable',
      description:
        'The chunks of one hypertable of TimescaleDB, newest first: time range, and whether each is compressed.',
      input: one,
      sql: `select chunk_name::text as chunk, coalesce(range_start::text, range_start_integer::text) as range_start,
        coalesce(range_end::text, range_end_integer::text) as range_end, is_compressed as compressed
        from timescaledb_information.chunks c where ${ofTable} order by c.range_start desc, c.range_start_integer desc`,
      none: 'It has no chunks yet.',
    }),
    listing(backend, {
      name: 'timescale_compression',
      title: 'Compression of hypertables',
      description: 'By which columns hypertables of TimescaleDB are compressed, and how many chunks are.',
      input: some,
      sql: `select s.hypertable_schema || '.' || s.hypertable_name as hypertable, s.attname::text as column, s.segmentby_column_index as segment_by,
        s.orderby_column_index as order_by, (select count(*) from timescaledb_information.chunks c where c.is_compressed
          and c.hypertable_schema = s.hypertable_schema and c.hypertable_name = s.hypertable_name)::int as compressed_chunks
        from timescaledb_information.compression_settings s
        where ($1::text is null or (s.hypertable_schema = $1 and s.hypertable_name = $2)) order by 1, 3, 4`,
      none: 'No compression is set up. The Apache build of TimescaleDB has none; SHOW timescaledb.license tells which it is.',
    }),
    listing(backend, {
      name: 'timescale_continuous_aggregates',
      title: 'Continuous aggregates',
      description:
        'The continuous aggregates of TimescaleDB (kept summaries of hypertables), with what they are made of.',
      input: some,
      sql: `select view_schema || '.' || view_name as view, hypertable_schema || '.' || hypertable_name as hypertable, materialized_only,
        pg_catalog.left(view_definition, 1000) as definition from timescaledb_information.continuous_aggregates where ${ofTable} order by 1`,
      none: 'There are no continuous aggregates. The Apache build of TimescaleDB has none; SHOW timescaledb.license tells which it is.',
    }),
    listing(backend, {
      name: 'timescale_jobs',
      title: 'Policies and jobs',
      description:
        'The policies of TimescaleDB (compression, retention, refresh) and its other jobs, with their schedule.',
      input: some,
      sql: `select job_id, application_name::text as job, schedule_interval::text as every, scheduled, hypertable_schema || '.' || hypertable_name as hypertable,
        config::text from timescaledb_information.jobs where ${ofTable} order by 1`,
      none: 'There are no jobs for it.',
    }),
  ];
}
