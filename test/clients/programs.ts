import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** How a program is set up and asked, as docs/clients.md writes it. */
export interface Program {
  /** The name of its command. */
  command: string;
  /** Writes its configuration into `home`, which is its home directory as well. */
  setUp(place: Place): Promise<void> | void;
  /** Arguments that ask, and let it use its own tools. */
  ask(place: Place, question: string): string[];
}

export interface Place {
  /** The folder of the commands. */
  commands: string;
  home: string;
  /** With `/v1`. */
  base: string;
  key: string;
}

const unattended = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];

/** `approvals`: what it says of questions to a human, which it cannot show. */
const codex = (approvals: 'off' | 'text'): Program => ({
  command: 'codex',
  setUp({ home, base }) {
    const lines = [
      'model = "dragoman"',
      'model_provider = "dragoman"',
      '[model_providers.dragoman]',
      'name = "Dragoman"',
      `base_url = "${base}"`,
      'env_key = "DRAGOMAN_KEY"',
      'wire_api = "responses"',
      `http_headers = { "x-dragoman-approvals" = "${approvals}" }`,
    ];
    writeFileSync(path.join(home, 'config.toml'), lines.join('\n'));
  },
  ask: (_, question) => ['exec', ...unattended, question],
});

/** Codex where questions are put into words, and what goes on with its last conversation. */
export const codexInWords = codex('text');
export const codexGoesOn = (said: string) => ['exec', ...unattended, 'resume', '--last', said];

const continueCli: Program = {
  command: 'cn',
  setUp({ home, base, key }) {
    const lines = [
      'name: Dragoman',
      'version: 1.0.0',
      'schema: v1',
      'models:',
      '  - name: Dragoman',
      '    provider: openai',
      '    model: dragoman',
      `    apiBase: ${base}`,
      `    apiKey: ${key}`,
      '    capabilities: [tool_use]',
    ];
    writeFileSync(path.join(home, 'config.yaml'), lines.join('\n'));
  },
  ask: ({ home }, question) => ['--config', path.join(home, 'config.yaml'), '--auto', '-p', question],
};

const cline: Program = {
  command: 'cline',
  async setUp(place) {
    const { home, base, key } = place;
    await runProgram(place, 'cline', [
      'auth',
      '-p',
      'openai',
      '-k',
      key,
      '-m',
      'dragoman',
      '-b',
      base,
      '--config',
      home,
    ]);
  },
  ask: ({ home }, question) => ['--config', home, '-P', 'openai-compatible', '-m', 'dragoman', question],
};

export const programsByPackage: Record<string, Program> = {
  '@openai/codex': codex('off'),
  '@continuedev/cli': continueCli,
  cline,
};

/** Runs a program to its end. Returns what it wrote on stdout; rejects with all that it wrote when it fails. */
export function runProgram({ commands, home, key }: Place, command: string, args: string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    CODEX_HOME: home,
    DRAGOMAN_KEY: key,
    CONTINUE_TELEMETRY_ENABLED: '0',
    TERM: 'dumb',
  };
  return new Promise((resolve, reject) => {
    const child = execFile(path.join(commands, command), args, { cwd: home, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command}: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
    child.stdin?.end();
  });
}
