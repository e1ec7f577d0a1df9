import { runService } from '#shared/process/service.ts';
import { config } from './config.ts';
import { createContext } from './context.ts';
import { sharedShards } from './shards.ts';
import { createStandby } from './standby.ts';

await runService({
  name: 'ingress',
  config,
  async createContext(checked) {
    const shared = sharedShards(checked);
    return shared ? createStandby(checked, shared) : createContext(checked);
  },
});
