import { configureLogging } from '#shared/process/log.ts';

// Services inside a test's process would log like real ones, but a failing test says enough. TEST_LOG_LEVEL=info shows
// their logs.
configureLogging('test', process.env['TEST_LOG_LEVEL'] ?? 'silent');
