// Escalations that are triggered without the gateway: by the `temporal` command, by any Temporal SDK, and by an update
// that waits for the placement.
import { execFile } from 'node:child_process';
import { symlinkSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Explanation } from '../../domain/explain';
import { createScenarios, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { agentIdOf, SKILLS, TENANT } from '../support/system-configuration';
import { signalWithStartLine } from '../support/trigger-line';

const request = {
  requestId: 'r1',
  integration: 'to-skill',
  variables: { skillId: SKILLS.service, firstName: 'Ada' },
};

let system: System;
let scenarios: Scenarios;

beforeAll(async () => {
  system = await startSystem({ processes: ['worker'] });
  scenarios = createScenarios(system);
}, 120_000);
afterEach(() => scenarios.replay());
afterAll(() => system?.close());

async function runShell(line: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-path-'));
  symlinkSync(system.temporal.executable, join(folder, 'temporal'));
  try {
    const { stdout } = await promisify(execFile)('sh', ['-c', line], {
      env: {
        PATH: `${folder}:${process.env['PATH']}`,
        HOME: folder,
        TEMPORAL_ADDRESS: system.temporal.address,
      },
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function attributesOf({ workflowId }: Scenario): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await system.client.workflow.getHandle(workflowId).describe();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
}

it("starts by the command line's signal-with-start, and is found by its search attributes", async () => {
  const scenario = await scenarios.open();

  await runShell(signalWithStartLine(TENANT, scenario.conversationId, request));
  const { outcome } = await scenario.ended();

  expect(outcome).toEqual({ kind: 'connected', rung: 0, agentId: agentIdOf('maria') });
  expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  expect(await attributesOf(scenario)).toMatchObject({
    BatonTenant: TENANT,
    BatonConversationId: scenario.conversationId,
    BatonPlatform: 'liveperson',
    BatonPhase: 'closed',
    BatonOutcome: 'connected',
    BatonSkill: SKILLS.service,
    BatonAttempt: 1,
  });
});

it('takes the same line twice for one request', async () => {
  const scenario = await scenarios.open();
  const line = signalWithStartLine(TENANT, scenario.conversationId, {
    ...request,
    variables: { ...request.variables, skillId: SKILLS.billing },
  });

  await runShell(`${line} && ${line}`);
  await system.liveperson.control.conversation({ conversationId: scenario.conversationId });
  await scenario.untilConversation('the ring', ({ ringing }) => ringing.length > 0);
  await system.liveperson.control.agentJoins({ conversationId: scenario.conversationId, user: 'lena' });
  const { attempts } = await scenario.ended();

  expect(attempts).toBe(1);
  expect((await scenario.conversation()).transfers).toHaveLength(1);
});

it('starts by signalWithStart of a plain SDK client that knows only names', async () => {
  const scenario = await scenarios.open();
  const { conversationId } = scenario;

  await system.client.workflow.signalWithStart('escalation', {
    workflowId: `escalation/acme/${conversationId}`,
    taskQueue: 'baton',
    args: [{ tenant: 'acme', conversationId }],
    signal: 'escalate',
    signalArgs: [request],
  });

  expect((await scenario.ended()).outcome).toMatchObject({ kind: 'connected' });
});

it('answers update-with-start with the placement', async () => {
  const scenario = await scenarios.open();
  const { conversationId } = scenario;
  const startWorkflowOperation = new WithStartWorkflowOperation('escalation', {
    workflowId: scenario.workflowId,
    taskQueue: 'baton',
    args: [{ tenant: 'acme', conversationId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });

  const placement = await system.client.connection.withDeadline(Date.now() + 20_000, () =>
    system.client.workflow.executeUpdateWithStart('escalateAndWait', {
      startWorkflowOperation,
      args: [request],
      updateId: 'r1',
    }),
  );

  expect(placement).toEqual({
    attempt: 1,
    outcome: { kind: 'connected', rung: 0, agentId: agentIdOf('maria') },
  });
  await scenario.ended();
});

it('keeps what it cannot understand as dead letters, and works on what it can', async () => {
  const scenario = await scenarios.open();
  const { conversationId } = scenario;
  const start = (signal: string, ...signalArgs: unknown[]): Promise<unknown> =>
    system.client.workflow.signalWithStart('escalation', {
      workflowId: scenario.workflowId,
      taskQueue: 'baton',
      args: [{ tenant: 'acme', conversationId }],
      signal,
      signalArgs,
    });

  await start('escalate', { requestId: 7 });
  await start('escalate');
  await start('deskEvent', null);
  await start('no-such-signal', { any: 'thing' });
  await start('escalate', request);
  const { outcome } = await scenario.ended();
  const handle = system.client.workflow.getHandle(scenario.workflowId);
  const { deadLetters } = await handle.query<Explanation>('explain');

  expect(outcome).toMatchObject({ kind: 'connected' });
  expect(deadLetters.map(({ signal }) => signal)).toEqual([
    'escalate',
    'escalate',
    'deskEvent',
    'no-such-signal',
  ]);
});
