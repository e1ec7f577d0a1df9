import { describe } from 'vitest';
import { n8nSuite } from './testing/suite.ts';
import { startPlayedN8n } from './testing/played-n8n.ts';

describe('on a played n8n', () => n8nSuite(startPlayedN8n, 20_000));
