import { runService } from '#shared/process/service.ts';
import { config } from './config.ts';
import { createContext } from './context.ts';

await runService({ name: 'api', config, createContext: (checked) => createContext(checked) });
