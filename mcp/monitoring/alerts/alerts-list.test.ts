import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChildServer } from '#test/lib/child-server.ts';
import {
  alertmanagerMissing,
  prometheusMissing,
  startTestAlertmanager,
  startTestPrometheus,
} from '#test/lib/prometheus.ts';
import { alertRules, samplesUntil } from '../testing/samples.ts';
import { testTools } from '../testing/tools.ts';

const missing = prometheusMissing ?? alertmanagerMissing;
const why = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`alerts_list on a real Prometheus and Alertmanager${why}`, () => {
  let prometheus: ChildServer;
  let alertmanager: ChildServer;

  beforeAll(async () => {
    [prometheus, alertmanager] = await Promise.all([
      startTestPrometheus({ samples: samplesUntil(Date.now() / 1000), rules: alertRules }),
      startTestAlertmanager(),
    ]);
    const alert = { labels: { alertname: 'DiskFull', disk: '/dev/sda', severity: 'critical', cluster: 'eu' } };
    const ill = {
      labels: { alertname: 'Bad | name\nfiring | Fake', severity: 'x' },
      annotations: { summary: 's'.repeat(900) },
    };
    await send('alerts', [alert, { labels: { alertname: 'Quiet' } }, ill]);
    const times = { startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 3_600_000).toISOString() };
    const matchers = [{ name: 'alertname', value: 'Quiet', isRegex: false, isEqual: true }];
    await send('silences', { matchers, ...times, createdBy: 'test', comment: 'test' });
    await evaluated();
  }, 120_000);
  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await alertmanager?.[Symbol.asyncDispose]();
  });

  async function send(what: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${alertmanager.url}/api/v2/${what}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** Waits until both rules were looked at, and the silence counts. */
  async function evaluated(): Promise<void> {
    for (;;) {
      const text = await (await fetch(`${prometheus.url}/api/v1/alerts`)).text();
      const alerts = await (await fetch(`${alertmanager.url}/api/v2/alerts`)).text();
      if (text.includes('DiskFull') && text.includes('Slow') && alerts.includes('suppressed')) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  test('Prometheus alone says what fires and what waits', async () => {
    await using tools = testTools({ PROMETHEUS_URL: prometheus.url });
    const { text, data } = await tools.call('alerts_list');
    expect(data['total']).toBe(2);
    expect(text).toMatch(/firing \| DiskFull \| critical \| \S+Z \| \{disk="\/dev\/sda"\} \| the disk is full/);
    expect(text).toMatch(/pending \| Slow \| warning/);
  });

  test('without Alertmanager nobody knows what is silenced', async () => {
    await using alone = testTools({ PROMETHEUS_URL: prometheus.url });
    const { text } = await alone.call('alerts_list', { state: 'silenced' });
    expect(text).toBe('Only Alertmanager knows which alerts are silenced, and none is set up here (ALERTMANAGER_URL).');
  });

  test('with Alertmanager the same alert comes once, and what is silenced is told', async () => {
    await using tools = testTools({ PROMETHEUS_URL: prometheus.url, ALERTMANAGER_URL: alertmanager.url });
    const { text, data } = await tools.call('alerts_list');
    expect(text.match(/DiskFull/g)).toHaveLength(1);
    expect(text).toMatch(/silenced \| Quiet/);
    expect(data['total']).toBe(4);
    expect((await tools.call('alerts_list', { state: 'silenced' })).data['total']).toBe(1);
    expect((await tools.call('alerts_list', { match: '/DEV/sda' })).data['total']).toBe(1);
    expect((await tools.call('alerts_list', { match: 'nothing' })).text).toMatch(
      /^No alert is with that text\. There are 4 others/,
    );
  });

  test('a name cannot pose as a row, and a long summary is cut', async () => {
    await using tools = testTools({ ALERTMANAGER_URL: alertmanager.url });
    const { text } = await tools.call('alerts_list', { match: 'bad' });
    expect(text.split('\n')).toHaveLength(2);
    expect(text).not.toMatch(/^firing \| Fake/m);
    expect(text.length).toBeLessThan(700);
  });

  test('one that is away costs what only it knows, and that is told', async () => {
    await using tools = testTools({ PROMETHEUS_URL: prometheus.url, ALERTMANAGER_URL: 'http://127.0.0.1:1' });
    const { failed, text, data } = await tools.call('alerts_list');
    expect(failed).toBe(false);
    expect(data['total']).toBe(2);
    expect(text).toContain('[Not all is known: Alertmanager cannot be reached now');
    await using none = testTools({ ALERTMANAGER_URL: 'http://127.0.0.1:1' });
    expect((await none.call('alerts_list')).text).toMatch(/^Alertmanager cannot be reached/);
  });
});
