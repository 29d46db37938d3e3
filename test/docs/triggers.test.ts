// docs/triggers.md: its blocks make a TypeScript and a Python program, which know nothing of Baton but names. Both are
// run against a real server and worker, command by command.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from '@swc/core';
import { createScenarios, type Scenario, type Scenarios } from '../support/scenario';
import { describeWithPython, OBTAIN_PYTHON_MS, obtainPython } from '../support/python';
import { startSystem, type System } from '../support/system';
import { agentIdOf, SKILLS, TENANT } from '../support/system-configuration';
import { until } from '../support/until';
import { blocks, read, ROOT } from './markdown';

const PAGE = read('docs/triggers.md');
const COMMAND_TIMEOUT_MS = 90_000;

type Answer = Readonly<Record<string, unknown>> | null;
/** Runs one command of a program; its answer is the JSON that it prints. */
type Trigger = (command: string, conversationId: string, input?: object) => Promise<Answer>;

let folder: string;
let system: System;
let scenarios: Scenarios;

beforeAll(async () => {
  // In the checkout, where packages are found.
  mkdirSync(join(ROOT, '.baton'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.baton/triggers-'));
  system = await startSystem({ processes: ['worker'] });
  scenarios = createScenarios(system);
}, 120_000);
afterEach(() => scenarios.replay());
afterAll(async () => {
  await system?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the TypeScript program', () => {
  storyOf(() => {
    const file = join(folder, 'trigger.js');
    const { code } = transformSync(blocks(PAGE, 'ts').join('\n'), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    writeFileSync(file, code);
    return Promise.resolve(programOf(process.execPath, file));
  });
});

describeWithPython('the Python program', () => {
  storyOf(async () => {
    const file = join(folder, 'trigger.py');
    writeFileSync(file, blocks(PAGE, 'python').join('\n\n'));
    const { command, env } = await obtainPython();
    return programOf(command, file, env);
  });
});

function storyOf(make: () => Promise<Trigger>): void {
  let trigger: Trigger;
  beforeAll(async () => {
    trigger = await make();
  }, OBTAIN_PYTHON_MS);

  it('starts an escalation, and sent twice it is one request', async () => {
    const scenario = await scenarios.open();

    await trigger('ask', scenario.conversationId, toSkill('r-1', SKILLS.billing));
    await trigger('ask', scenario.conversationId, toSkill('r-1', SKILLS.billing));
    await scenario.untilConversation('the ring', ({ ringing }) => ringing.length > 0);
    const { conversationId } = scenario;
    await system.liveperson.control.agentJoins({ conversationId, user: 'lena' });

    expect((await scenario.ended()).attempts).toBe(1);
    expect(await trigger('status', conversationId)).toMatchObject({
      phase: 'closed',
      owner: 'agent',
      requestId: 'r-1',
      outcome: { kind: 'connected', agentId: agentIdOf('lena') },
    });
    expect(await storyEvents(trigger, scenario)).toContain('connected');
  });

  it('waits for the placement, and reads the notices', async () => {
    const { conversationId } = await scenarios.open();

    const placement = await trigger('wait', conversationId, toSkill('r-1', SKILLS.service));

    expect(placement).toEqual({
      attempt: 1,
      outcome: { kind: 'connected', rung: 0, agentId: agentIdOf('maria') },
    });
    await until(
      'the last notice',
      async () => (await trigger('notices', conversationId))?.['complete'] === true,
    );
    const { records } = (await trigger('notices', conversationId)) as unknown as {
      records: { notice: { type: string } }[];
    };
    expect(records.map(({ notice }) => notice.type)).toContain('escalation.connected');
  });

  it('speaks after a failure under the current epoch only, then asks again', async () => {
    const { conversationId, botTexts } = await scenarios.open();

    const failed = await trigger('wait', conversationId, toSkill('r-1', SKILLS.returns, 'impatient'));
    const status = await until<Answer>('the bot to own it again', async () => {
      const answer = await trigger('status', conversationId);
      return answer?.['phase'] === 'awaiting_bot' && answer;
    });
    const epoch = Number(status?.['epoch']);
    const say = (under: number, id: string): Promise<Answer> =>
      trigger('say', conversationId, {
        bot: 'shop-bot',
        epoch: under,
        message: { id, text: `Words under ${under - epoch}.` },
      });
    const refused = await say(epoch - 1, 'm-1');
    const posted = await say(epoch, 'm-2');
    const again = await trigger('wait', conversationId, toSkill('r-2', SKILLS.service));

    expect(failed).toMatchObject({ attempt: 1, outcome: { kind: 'failed', reason: 'timed_out' } });
    expect(refused).toEqual({ refused: 'ESC_NOT_OWNER', now: { owner: 'bot', epoch } });
    expect(posted).toEqual({ kind: 'posted', owner: 'bot', epoch });
    expect(again).toMatchObject({ attempt: 2, outcome: { kind: 'connected' } });
    const texts = await botTexts();
    expect(texts).toContain('Words under 0.');
    expect(texts).not.toContain('Words under -1.');
  });

  it.each([
    ['cancel', { kind: 'cancelled', by: 'bot' }],
    ['user-left', { kind: 'abandoned' }],
  ])('ends an escalation by %s', async (command, outcome) => {
    const scenario = await scenarios.open();
    const { conversationId } = scenario;

    await trigger('ask', conversationId, toSkill('r-1', SKILLS.billing));
    await scenario.untilConversation('the ring', ({ ringing }) => ringing.length > 0);
    await trigger(command, conversationId);

    expect((await scenario.ended()).outcome).toEqual(outcome);
  });

  it('is told what is wrong with a request: by a refusal, or by a dead letter', async () => {
    const { conversationId } = await scenarios.open();

    await trigger('ask', conversationId, toSkill('r-1', SKILLS.billing));
    await trigger('ask', conversationId, { requestId: 7 });
    const refusal = trigger('wait', conversationId, { requestId: 'r-2' });
    await expect(refusal).rejects.toThrow(/integration is not a string/);

    const { deadLetters } = (await trigger('explain', conversationId)) as { deadLetters: unknown[] };
    expect(deadLetters).toMatchObject([
      { signal: 'escalate', problem: expect.stringContaining('requestId') },
    ]);
    await trigger('cancel', conversationId);
  });
}

describe('the table of names', () => {
  it('has the messages that the workflow defines, and no others', () => {
    const defined = read('workflows/messages.ts');
    const rows = [...PAGE.matchAll(/^\| (signal|update|query) `(\w+)` \|/gm)];

    expect(rows.length).toBeGreaterThanOrEqual(9);
    for (const [, kind = '', name = ''] of rows)
      expect(defined).toContain(`export const ${name}${kind[0]?.toUpperCase()}${kind.slice(1)} = `);
  });
});

function toSkill(requestId: string, skillId: string, integration = 'to-skill'): object {
  return { requestId, integration, variables: { skillId, firstName: 'Ada' } };
}

async function storyEvents(trigger: Trigger, { conversationId }: Scenario): Promise<string[]> {
  const { story } = (await trigger('explain', conversationId)) as unknown as { story: { event: string }[] };
  return story.map(({ event }) => event);
}

function programOf(command: string, file: string, env: Readonly<Record<string, string>> = {}): Trigger {
  return async (name, conversationId, input) => {
    const args = [file, name, TENANT, conversationId, ...(input ? [JSON.stringify(input)] : [])];
    const { stdout } = await promisify(execFile)(command, args, {
      timeout: COMMAND_TIMEOUT_MS,
      env: { ...process.env, ...env, TEMPORAL_ADDRESS: system.temporal.address },
    });
    return JSON.parse(stdout) as Answer;
  };
}
