/** Workflows for tests, as n8n's public API takes them. */

interface Made {
  name: string;
  /** Published, so that its trigger works. */
  active: boolean;
  nodes: object[];
  connections: object;
  settings: object;
}

function webhook(path: string, more: object = {}): object {
  const parameters = { path, httpMethod: 'POST', responseMode: 'lastNode', ...more };
  const common = { id: 'w', name: 'Webhook', typeVersion: 2, position: [0, 0], webhookId: path };
  return { ...common, type: 'n8n-nodes-base.webhook', parameters };
}

function node(type: string, parameters: object, more: object = {}): object {
  return {
    id: 'n',
    name: 'Answer',
    type: `n8n-nodes-base.${type}`,
    typeVersion: 1,
    position: [200, 0],
    parameters,
    ...more,
  };
}

const output =
  '={{ { "doubled": ($json.body.n ?? 0) * 2, "sees": Object.keys($json.headers).join(" "), "apiKey": "CANARY-OUT" } }}';
const answer = node('set', { mode: 'raw', jsonOutput: output, options: {} }, { typeVersion: 3.4 });

function made(name: string, nodes: object[], active = true): Made {
  const [first] = nodes as { name: string }[];
  const target = [{ node: 'Answer', type: 'main', index: 0 }];
  const connections = nodes.length > 1 ? { [first!.name]: { main: [target] } } : {};
  return { name, active, nodes, connections, settings: {} };
}

export const workflows: Record<string, Made> = {
  double: made('Double a number', [webhook('double'), answer]),
  background: made('In the background', [webhook('background', { responseMode: 'onReceived' }), answer]),
  fails: made('Out of stock', [webhook('fails'), node('stopAndError', { errorMessage: 'no stock left' })]),
  slow: made('Slow', [
    webhook('slow', { responseMode: 'onReceived' }),
    node('wait', { amount: 8, unit: 'seconds' }, { typeVersion: 1.1, webhookId: 'waits' }),
  ]),
  resting: made('Resting', [webhook('resting'), answer], false),
  byHand: made(
    'By hand',
    [
      {
        id: 'm',
        name: 'Start',
        type: 'n8n-nodes-base.manualTrigger',
        typeVersion: 1,
        position: [0, 0],
        parameters: {},
      },
      answer,
    ],
    false,
  ),
  guarded: made('Guarded', [webhook('guarded', { authentication: 'headerAuth' }), answer], false),
  secrets: made(
    'Full of secrets',
    [
      webhook('secrets'),
      node(
        'httpRequest',
        {
          url: 'https://user:CANARY-URL@example.com/?api_key=CANARY-QUERY',
          sendHeaders: true,
          headerParameters: {
            parameters: [
              { name: 'Authorization', value: 'Bearer CANARY-HEADER' },
              { name: 'X-Plain', value: 'shown' },
            ],
          },
          sendBody: true,
          jsonBody: '{"password": "CANARY-BODY", "note": "sk-live-CANARYCANARY"}',
          options: {},
        },
        { typeVersion: 4.2 },
      ),
    ],
    false,
  ),
};
