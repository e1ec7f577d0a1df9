import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderEnvExample } from './render.ts';

// Writes .env.example anew: node test/env-example/write.ts
writeFileSync(path.resolve(import.meta.dirname, '../../.env.example'), await renderEnvExample());
