import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { demoObjects } from '#mcp/storage/demo.ts';
import { seedWorkspace } from '#mcp/filesystem/demo.ts';

/**
 * Lays the demo objects as the bucket `demo` where VersityGW serves folders as buckets, and a few documents in the
 * workspace. What is there already stays. Returns what was laid.
 */
export async function layDemo(s3Data: string, workspace: string): Promise<string[]> {
  const laid: string[] = [];
  const bucket = path.join(s3Data, 'buckets', 'demo');
  if (!existsSync(bucket)) {
    mkdirSync(path.join(s3Data, 'meta'), { recursive: true });
    for (const { key, content } of demoObjects()) {
      const file = path.join(bucket, key);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    laid.push('bucket demo');
  }
  if (await seedWorkspace(workspace)) laid.push('workspace');
  return laid;
}
