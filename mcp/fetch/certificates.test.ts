import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { config, createDomain } from './domain.ts';
import { settled, type Network } from './network.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!openssl)(`certificates${openssl ? '' : ' (no openssl here to make one)'}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fetch-tls-'));
  const trusted = getCACertificates('default');
  let site: Server;
  let certificate: string;
  let network: Partial<Network>;

  beforeAll(async () => {
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const names = 'DNS:docs.example.com,DNS:localhost,IP:93.184.215.14,IP:2606:4700::1111';
    const subject = ['-subj', '/CN=docs.example.com', '-addext', `subjectAltName=${names}`];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync(
      'openssl',
      ['req', '-x509', ...curve, '-nodes', '-keyout', key, '-out', cert, '-days', '2', ...subject],
      {
        stdio: 'ignore',
      },
    );
    certificate = readFileSync(cert, 'utf8');
    site = createServer({ key: readFileSync(key), cert: certificate }, (request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`secret page of ${request.headers.host}`);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const { port } = site.address() as AddressInfo;
    network = {
      resolve: () => Promise.resolve(['93.184.215.14']),
      dial: (_address, _port, signal) => settled(connect(port, '127.0.0.1'), 'connect', signal),
    };
  });
  afterAll(() => {
    setDefaultCACertificates(trusted);
    site?.close();
    rmSync(folder, { recursive: true });
  });

  async function fetchText(url: string): Promise<string> {
    await using domain = createDomain(config.parse({}), network);
    const context = { signal: new AbortController().signal, progress: () => undefined };
    const [content] = (await domain.tools[0]!.call({ url }, context)).content;
    return content?.type === 'text' ? content.text : '';
  }

  test('nobody vouches for: refused', async () => {
    expect(await fetchText('https://docs.example.com/')).toContain('has no valid certificate');
  });

  test('for another name: refused; for this name, over the pinned address: read', async () => {
    setDefaultCACertificates([...trusted, certificate]);
    expect(await fetchText('https://other.example.com/')).toContain('has no valid certificate');
    expect(await fetchText('https://docs.example.com/')).toContain('secret page of docs.example.com');
  });

  test('for an address: read where the certificate names that address, whatever else it names', async () => {
    setDefaultCACertificates([...trusted, certificate]);
    expect(await fetchText('https://93.184.215.14/')).toContain('secret page of 93.184.215.14');
    expect(await fetchText('https://[2606:4700::1111]/')).toContain('secret page of [2606:4700::1111]');
    // The certificate also names localhost, which is not what was asked for.
    expect(await fetchText('https://93.184.215.15/')).toContain('has no valid certificate');
  });
});
