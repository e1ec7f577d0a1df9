import { config } from '#services/worker/config.ts';
import { createContext } from '#services/worker/context.ts';
import { runService } from '#shared/process/service.ts';
import { openWitness } from '#test/model/witness.ts';
import { createPlayedToolbox, untilStopped, type PlayedTool } from './played-toolbox.ts';

// A worker as a separate process. Its tools note each execution in the file TOOL_WITNESS (synced, so that it outlives a
// kill). TOOLS_HANG names the tools that never return.
const { TOOL_WITNESS, TOOLS_HANG } = process.env;
const witness = openWitness(TOOL_WITNESS ?? '/dev/null');
const hanging = (TOOLS_HANG ?? '').split(',');

function tool(name: string, properties: Omit<PlayedTool, 'run'>): PlayedTool {
  return {
    ...properties,
    run(order) {
      witness.append({ tool: name, arguments: order.arguments, key: order.idempotencyKey, pid: process.pid });
      return hanging.includes(name) ? untilStopped(order) : `${name} done`;
    },
  };
}

const toolbox = createPlayedToolbox({
  look: tool('look', {}),
  write: tool('write', { readOnly: false }),
  hang: tool('hang', { readOnly: false }),
  keyed: tool('keyed', { readOnly: false, remembered: true }),
});

await runService({ name: 'worker', config, createContext: (values) => createContext(values, { toolbox }) });
