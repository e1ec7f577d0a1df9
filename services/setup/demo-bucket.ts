import { chownSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** User that the S3 server runs as in compose.yaml. */
const s3User = 1000;

/**
 * Lays the files of `demo` as the bucket `demo` where VersityGW serves folders as buckets, unless it is there already:
 * what people changed in it stays. Returns how many files the bucket's folder holds.
 */
export function layDemoBucket(demo: string, data: string): number {
  const bucket = path.join(data, 'buckets', 'demo');
  if (!existsSync(bucket)) {
    for (const folder of ['buckets', 'meta', 'buckets/demo']) mkdirSync(path.join(data, folder), { recursive: true });
    cpSync(demo, bucket, { recursive: true });
    for (const entry of ['', ...readdirSync(data, { recursive: true, encoding: 'utf8' })]) {
      chownSync(path.join(data, entry), s3User, s3User);
    }
  }
  return readdirSync(bucket, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
