import { configureLogging } from '#shared/process/log.ts';

// Services inside a test's process log like real ones; a failing test says enough. TEST_LOG_LEVEL=info shows them.
configureLogging('test', process.env['TEST_LOG_LEVEL'] ?? 'silent');
