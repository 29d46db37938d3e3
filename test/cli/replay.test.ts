// `baton replay`: says which histories the build at hand would break, and where.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BatonError } from '../../domain/errors';
import { replayHistories, silenceReplay, type ReplayVerdict } from '../../cli/replay/replay-histories';
import { historiesFromPath } from '../../cli/replay/sources';
import { TEST_BUNDLE_PATH } from '../support/global-setup';

const HISTORIES = resolve(__dirname, '../histories');
const folder = mkdtempSync(join(tmpdir(), 'baton-replay-'));
const PLAIN =
  readdirSync(HISTORIES).find((name) => name.startsWith('plain-success')) ?? 'plain-success is not recorded';

beforeAll(() => silenceReplay());

async function verdictsOf(path: string): Promise<ReplayVerdict[]> {
  const verdicts: ReplayVerdict[] = [];
  const options = { workflowBundle: { codePath: TEST_BUNDLE_PATH } };
  for await (const verdict of replayHistories(options, historiesFromPath(path))) verdicts.push(verdict);
  return verdicts;
}

/** A recorded history as another build would have made it. */
function changed(name: string, change: (text: string) => string): string {
  const file = join(folder, name);
  writeFileSync(file, change(readFileSync(join(HISTORIES, PLAIN), 'utf8')));
  return file;
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return error instanceof BatonError ? `${error.code}: ${error.message}` : String(error);
  }
  return undefined;
}

test('says that a history of this build fits', async () => {
  expect(await verdictsOf(join(HISTORIES, PLAIN))).toMatchObject([{ kind: 'fits' }]);
});

test('replays every history of a folder', async () => {
  const several = mkdtempSync(join(folder, 'several-'));
  const names = readdirSync(HISTORIES)
    .filter((name) => name.endsWith('.json'))
    .slice(0, 5);
  for (const name of names) copyFileSync(join(HISTORIES, name), join(several, name));

  const verdicts = await verdictsOf(several);

  expect(verdicts.map(({ kind }) => kind)).toEqual(names.map(() => 'fits'));
});

test('says where another activity was asked for', async () => {
  const file = changed('other-activity.json', (text) =>
    renameLocalActivity(text, 'requestTransfer', 'askDesk'),
  );

  const [verdict] = await verdictsOf(file);

  expect(verdict).toMatchObject({ kind: 'breaks', problem: expect.stringContaining('askDesk') as string });
});

test('says at which event the code at hand leaves the history', async () => {
  const file = changed('no-timer.json', (text) => {
    const history = JSON.parse(text) as Exported;
    const events = history.events.filter(({ eventType }) => !/TIMER/.test(eventType));
    return JSON.stringify({
      events: events.map((event, index) => ({ ...event, eventId: String(index + 1) })),
    });
  });

  const [verdict] = await verdictsOf(file);

  expect(verdict).toMatchObject({ kind: 'breaks', eventId: expect.any(Number) as number });
});

test('refuses what is no history, with what to do', () => {
  const text = join(folder, 'text.json');
  writeFileSync(text, 'nothing');
  const other = join(folder, 'other.json');
  writeFileSync(other, '{"events": []}');

  expect(codeOf(() => [...historiesFromPath(text)])).toMatch(/^ESC_REPLAY_UNREADABLE.* is not JSON$/);
  expect(codeOf(() => [...historiesFromPath(other)])).toMatch(
    /its first event is not the start of a workflow$/,
  );
  expect(codeOf(() => [...historiesFromPath(join(folder, 'nowhere'))])).toMatch(
    /there is no such file or folder$/,
  );
});

interface Exported {
  events: { eventId: string; eventType: string; markerRecordedEventAttributes?: Marker }[];
}
interface Marker {
  details: { data: { payloads: { data: string }[] } };
}

/** Local activities are named inside the payload of their marker. */
function renameLocalActivity(text: string, from: string, to: string): string {
  const history = JSON.parse(text) as Exported;
  for (const { markerRecordedEventAttributes: marker } of history.events) {
    const [payload] = marker?.details.data.payloads ?? [];
    if (!payload) continue;
    const data = Buffer.from(payload.data, 'base64').toString('utf8').replace(`"${from}"`, `"${to}"`);
    payload.data = Buffer.from(data).toString('base64');
  }
  return JSON.stringify(history);
}
