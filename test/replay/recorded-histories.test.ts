// Every build replays every recorded history; and a changed workflow does not, which proves that the check can fail.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createReplayer,
  silenceReplay,
  type Replayer,
  type ReplayVerdict,
} from '../../cli/replay/replay-histories';
import { historiesFromPath } from '../../cli/replay/sources';
import { TEST_BUNDLE_PATH } from '../support/global-setup';
import { HISTORIES } from '../support/histories';
import { bundleMutant, type Mutation } from './mutant';

const RECORDED = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));

beforeAll(() => silenceReplay());

const replayerOf = (codePath: string): Replayer => createReplayer({ workflowBundle: { codePath } });

async function verdictOf(file: string, replayer: Replayer): Promise<ReplayVerdict | undefined> {
  const [source] = historiesFromPath(join(HISTORIES, file));
  return source && replayer.replay(source);
}

describe('the build at hand', () => {
  const replayer = replayerOf(TEST_BUNDLE_PATH);
  afterAll(() => replayer.close());

  test('has histories to prove itself against', () => {
    expect(RECORDED.length).toBeGreaterThanOrEqual(20);
  });

  test.each(namesIn('../workflows'))('has the history of the scenario %s', (name) => {
    expect(RECORDED.filter((file) => file.startsWith(`${name}.`))).not.toEqual([]);
  });

  test.each(RECORDED)('replays %s', async (file) => {
    expect(await verdictOf(file, replayer)).toMatchObject({ kind: 'fits' });
  });
});

/** The names under which the workflow tests record, where they are written out. */
function namesIn(folder: string): string[] {
  const files = readdirSync(join(__dirname, folder)).filter((file) => file.endsWith('.test.ts'));
  return files.flatMap((file) => {
    const source = readFileSync(join(__dirname, folder, file), 'utf8');
    return [...source.matchAll(/\brecord: '([a-z0-9-]+)'/g)].flatMap(([, name]) => name ?? []);
  });
}

/** Careless changes, each with a scenario that must notice it. */
const MUTATIONS: readonly (Mutation & { readonly noticedBy: string })[] = [
  {
    name: 'an-extra-timer',
    file: 'workflows/steps/interaction-delay.ts',
    from: 'const delayMs = plan.interactionDelayMs;',
    to: "const delayMs = plan.interactionDelayMs;\n  await condition(() => false, 1, { summary: 'careless' });",
    noticedBy: 'fallback-skill',
  },
  {
    name: 'a-swapped-order',
    file: 'workflows/escalation.ts',
    from: 'await sayLastWords(state, plan);\n  await applyInteractionDelay(state, plan);',
    to: 'await applyInteractionDelay(state, plan);\n  await sayLastWords(state, plan);',
    noticedBy: 'delay',
  },
  {
    name: 'a-missing-upsert',
    file: 'workflows/inspect.ts',
    from: 'if (changed.length > 0) upsertSearchAttributes(changed);',
    to: 'if (changed.length > 100) upsertSearchAttributes(changed);',
    noticedBy: 'plain-success',
  },
  {
    name: 'a-longer-ladder',
    file: 'workflows/steps/climb-ladder.ts',
    from: 'if (!rung.onlyIfAvailable) return undefined;',
    to: '',
    noticedBy: 'plain-success',
  },
  {
    name: 'another-activity',
    file: 'workflows/steps/last-words.ts',
    from: "const result = await call(\n    'postToUser',",
    to: "const result = await call(\n    'postToUserElsewhere' as 'postToUser',",
    noticedBy: 'invalid-target',
  },
  {
    name: 'an-alarm-for-each-message',
    file: 'workflows/steps/relay/alarm.ts',
    from: 'if (covers(at)) return;',
    to: '',
    noticedBy: 'relay-deliver',
  },
  {
    name: 'a-listener-that-is-not-stopped',
    file: 'workflows/steps/relay/ears.ts',
    from: 'if (!listening.over) listening.scope.cancel();',
    to: '',
    noticedBy: 'relay-stream-cancelled',
  },
  {
    name: 'a-desk-that-is-not-told',
    file: 'workflows/steps/relay/leave-chat.ts',
    from: "callWithRetries('closeChat',",
    to: "callWithRetries('withdrawTransfer',",
    noticedBy: 'relay-ended-user',
  },
];

describe('a careless change', () => {
  test.each(MUTATIONS)('is noticed: $name', async (mutation) => {
    const file = RECORDED.find((name) => name.startsWith(`${mutation.noticedBy}.`)) ?? mutation.noticedBy;

    const replayer = replayerOf(await bundleMutant(mutation));
    const verdict = await verdictOf(file, replayer).finally(() => replayer.close());

    expect(verdict).toMatchObject({ kind: 'breaks' });
  });
});
