// docs/api.md, pasted line by line into one shell against what `npm start` runs. Only ports differ.
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
import { jsonIn, paste } from './paste';

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
  said = await paste(blocks(PAGE, 'sh'), {
    env: {
      BATON: `http://127.0.0.1:${ports.gateway}`,
      LIVEPERSON: `http://127.0.0.1:${ports.liveperson}`,
    },
  });
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

/** Every JSON object that a block printed, in order. */
function jsonOf(block: number): Record<string, unknown>[] {
  return jsonIn(said[block] ?? '');
}
