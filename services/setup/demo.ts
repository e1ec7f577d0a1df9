import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { demoObjects } from '#start/embedded/demo-objects.ts';
import { seedWorkspace } from '#start/embedded/workspace.ts';

/** User that the S3 server and the filesystem tool-runner run as in compose.yaml. */
const owner = 1000;

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
    own(s3Data);
    laid.push('bucket demo');
  }
  if (await seedWorkspace(workspace)) {
    own(workspace);
    laid.push('workspace');
  }
  return laid;
}

function own(folder: string): void {
  for (const entry of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    chownSync(path.join(folder, entry), owner, owner);
  }
}
