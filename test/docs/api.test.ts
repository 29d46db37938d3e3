// docs/api.md, pasted line by line into one shell against what `npm start` runs. Only ports differ.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freeStartPorts,
  runStartCommand,
  type StartCommand,
  type StartPorts,
} from '../support/start-command';
import { blocks, read } from './markdown';

const PAGE = read('docs/api.md');
const TRIED = '<!-- tried by test/docs/api.test.ts -->\n```sh\n';
const LIFE_TIMEOUT_MS = 180_000;

let folder: string;
let ports: StartPorts;
let start: StartCommand;
let said: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-api-'));
  ports = await freeStartPorts();
  start = runStartCommand(folder, ports);
  await start.untilPrinted(/Running until Ctrl-C/);
  said = await paste(blocks(PAGE, 'sh'));
}, LIFE_TIMEOUT_MS);
afterAll(async () => {
  start?.signal('SIGTERM');
  await start?.ended;
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('the life of an escalation in docs/api.md', () => {
  it('is tried here, every block of it', () => {
    expect(PAGE.split(TRIED)).toHaveLength(blocks(PAGE, 'sh').length + 1);
  });

  it('begins with a bot that owns the conversation and may speak', () => {
    const [owner, posted] = jsonOf(1);

    expect(owner).toMatchObject({ owner: 'bot', epoch: 0 });
    expect(posted).toMatchObject({ posted: true, messageId: 'm-1', epoch: 0 });
  });

  it('starts once, however often it is asked for', () => {
    expect(said[2]).toMatch(/^HTTP\/1.1 202/);
    expect(jsonOf(2)[0]).toMatchObject({ taken: 'started', requestId: 'r-1' });
    const [again, other] = (said[3] ?? '').split(/(?=HTTP\/1.1)/);

    expect(again).toMatch(/^HTTP\/1.1 (202|409)/);
    expect(other).toMatch(/^HTTP\/1.1 422/);
    expect(other).toContain('ESC_IDEMPOTENCY_MISMATCH');
  });

  it('is followed from its start to its end', () => {
    const events = [...(said[4] ?? '').matchAll(/^event: ?(.+)$/gm)].map(([, type]) => type);

    expect(events[0]).toBe('escalation.accepted');
    expect(events.at(-1)).toBe('escalation.connected');
    expect(said[4]).toMatch(/^id: ?\S+$/m);
  });

  it('tells where it stands, why, and that the bot may not speak', () => {
    const [status, explanation, owner, refused] = jsonOf(5);

    expect(status).toMatchObject({ status: 'closed', outcome: { kind: 'connected' } });
    expect(explanation?.['story']).toEqual(
      expect.arrayContaining([expect.objectContaining({ event: 'planned' })]),
    );
    expect(owner).toMatchObject({ owner: 'agent' });
    expect(refused).toMatchObject({ code: 'ESC_NOT_OWNER', owner: 'agent', epoch: owner?.['epoch'] });
  });

  it('sends a notice again', () => {
    expect(jsonOf(6)).toEqual([expect.objectContaining({ accepted: expect.any(String) as string })]);
  });

  it('gives the conversation back to the bot under the next epoch', () => {
    const agents = Number(jsonOf(5)[2]?.['epoch']);

    expect(jsonOf(7)).toEqual([expect.objectContaining({ owner: 'bot', epoch: agents + 1 })]);
  });

  it('is called off by the bot, and by the user', () => {
    expect(jsonOf(8)).toEqual([
      expect.objectContaining({ taken: 'started' }),
      { accepted: 'cancel' },
      expect.objectContaining({ taken: 'started' }),
      { accepted: 'user-left' },
    ]);
  });

  it('is waited for', () => {
    expect(said[9]).toMatch(/^HTTP\/1.1 200/);
    expect(jsonOf(9)[0]).toMatchObject({ result: { outcome: { kind: 'connected' } } });
  });

  it('is found in the list, page by page', () => {
    const [page] = jsonOf(10);

    expect(page?.['escalations']).toHaveLength(2);
    expect(page).toHaveProperty('nextCursor');
  });
});

/** What each block printed. */
async function paste(texts: readonly string[]): Promise<string[]> {
  const MARK = '=== block ===';
  const script = texts.map((text) => `${text}\nprintf '\\n%s\\n' '${MARK}'`).join('\n');
  const env = {
    PATH: process.env['PATH'],
    BATON: `http://127.0.0.1:${ports.gateway}`,
    LIVEPERSON: `http://127.0.0.1:${ports.liveperson}`,
  };
  const bash = spawn('bash', ['-s'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  bash.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  bash.stdin.end(script);
  await new Promise((resolve) => bash.once('close', resolve));
  return output.split(`\n${MARK}\n`).map((text) => text.trim());
}

/** Every JSON object that a block printed, in order. */
function jsonOf(block: number): Record<string, unknown>[] {
  const text = said[block] ?? '';
  const found: Record<string, unknown>[] = [];
  for (let from = text.indexOf('{'); from >= 0; from = text.indexOf('{', from)) {
    const end = endOfObject(text, from);
    found.push(JSON.parse(text.slice(from, end)) as Record<string, unknown>);
    from = end;
  }
  return found;
}

function endOfObject(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '{') depth += 1;
    else if (!quoted && char === '}' && (depth -= 1) === 0) return at + 1;
  }
  throw new Error(`no object ends in: ${text.slice(from, from + 200)}`);
}
