import { runService } from '#shared/process/service.ts';
import { toolRunnerConfig } from './config.ts';
import { createContext } from './context.ts';

await runService({ name: 'tool-runner', config: toolRunnerConfig, createContext });
