import type { OfferedTool } from '#services/worker/tools/toolbox.ts';

/** What people use, each with what it holds. */
const systems: Record<string, string[]> = {
  github: ['issue', 'pull request', 'branch', 'release', 'workflow run'],
  jira: ['ticket', 'sprint', 'board', 'epic', 'worklog'],
  slack: ['channel', 'message', 'reaction', 'user group', 'reminder'],
  grafana: ['dashboard', 'alert rule', 'datasource', 'annotation', 'folder'],
  stripe: ['customer', 'invoice', 'refund', 'subscription', 'payout'],
  kubernetes: ['pod', 'deployment', 'namespace', 'config map', 'cron job'],
  salesforce: ['lead', 'opportunity', 'account', 'campaign', 'case'],
  calendar: ['event', 'attendee', 'meeting room', 'holiday', 'invitation'],
  mailbox: ['mail', 'draft', 'label', 'attachment', 'filter'],
  warehouse: ['shipment', 'pallet', 'stock level', 'supplier', 'purchase order'],
};
const deeds = { list: 'Lists', get: 'Shows one', delete: 'Removes' };

/** 150 tools of ten systems, in which the same words stand again and again. */
export const manyTools: OfferedTool[] = Object.entries(systems).flatMap(([system, things]) =>
  things.flatMap((thing) => Object.entries(deeds).map(([deed, does]) => toolOf(system, thing, deed, does))),
);

function toolOf(system: string, thing: string, deed: string, does: string): OfferedTool {
  const readOnly = deed !== 'delete';
  return {
    name: `${system}__${deed}_${thing.replaceAll(' ', '_')}`,
    domain: system,
    title: `${deed} ${thing}`,
    description: `${does} ${thing} of ${system}, by its identifier or by a filter, and tells what came of it.`,
    inputSchema: {
      type: 'object',
      properties: {
        id: { type: 'string', description: `Identifier of the ${thing}.` },
        limit: { type: 'integer', description: 'Most entries of the answer.' },
      },
      additionalProperties: false,
    },
    readOnly,
    repeatable: readOnly,
    openWorld: false,
    remembered: false,
    permission: 'allow',
  };
}
