/** Functions of the extension that only compute or tell something; all others of it stay refused. */
export const harmlessFunctions = new Set([
  ...`time_bucket time_bucket_gapfill time_bucket_ng first last locf interpolate histogram approximate_row_count
  hypertable_size hypertable_detailed_size hypertable_index_size hypertable_approximate_size chunks_detailed_size
  hypertable_compression_stats chunk_compression_stats hypertable_columnstore_stats chunk_columnstore_stats show_chunks
  generate_uuidv7`.split(/\s+/),
  ...`cagg_watermark cagg_watermark_materialized to_timestamp to_timestamp_without_timezone to_date to_unix_microseconds
  partialize_agg finalize_agg`
    .split(/\s+/)
    .map((name) => `_timescaledb_functions.${name}`),
]);
