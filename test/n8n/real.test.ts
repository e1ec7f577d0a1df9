import { describe } from 'vitest';
import { n8nSuite } from '#mcp/n8n/testing/suite.ts';
import { startRealN8n } from './real-n8n.ts';

describe('on a real n8n', () => n8nSuite(startRealN8n, 20 * 60_000));
