import { runService } from '#shared/process/service.ts';
import { config } from '#services/ingress/config.ts';
import { createContext } from '#services/ingress/context.ts';

// Starts the ingress as its main.ts does, but it counts as deaf after seconds instead of minutes.
await runService({ name: 'ingress', config, createContext: (checked) => createContext(checked, { deafMs: 4_000 }) });
