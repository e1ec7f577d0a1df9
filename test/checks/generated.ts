import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stackFiles, type StackFile } from '#services/cli/stack-files/sync.ts';
import { generateArguments } from '#test/scripts.ts';
import { renderEnvExample } from '#test/env-example/render.ts';
import { drawnFiles } from './drawing.ts';
import { writeSnapshots } from './offered/write.ts';

// Files that are written from other files and yet checked in, because their readers can neither loop nor import. `npm
// run generate` writes them anew.

const root = path.resolve(import.meta.dirname, '../..');

/** Every such file, as it is and as it should be; each is made when it is asked for, after those that it follows from. */
async function* generatedFiles(): AsyncGenerator<StackFile> {
  yield* drawnFiles(root);
  yield* await stackFiles(root);
  // .env.example says what compose.yaml takes from it.
  yield { file: '.env.example', is: read('.env.example'), should: await renderEnvExample() };
}

/** Returns a complaint for each file that is stale. */
export async function checkGenerated(): Promise<string[]> {
  const complaints: string[] = [];
  for await (const { file, is, should } of generatedFiles()) {
    if (is === should) continue;
    complaints.push(`${file} is stale: run npm run generate, or take back what was written into it by hand`);
  }
  return complaints;
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

if (import.meta.main && generateArguments.read(process.argv.slice(2))) {
  for await (const { file, is, should } of generatedFiles()) {
    if (is === should) continue;
    writeFileSync(path.join(root, file), should);
    process.stdout.write(`${file} is written anew\n`);
  }
  await writeSnapshots();
}
