// A gateway that is held up between its look at a conversation and what it starts: others go on meanwhile, and what it
// starts then must not be what was true before.
import { successionWorkflowId } from '../../domain/ids';
import { SUCCESSION_WORKFLOW, TASK_QUEUE } from '../../domain/task-queue';
import { uniqueId } from '../support/builders';
import type { GatewayCalls } from '../support/gateway-calls';
import { setGatewayStage, type GatewayStage, type StageConversation } from '../support/gateway-stage';
import { openHeldLine, type HeldLine } from '../support/held-line';
import { until } from '../support/until';

let stage: GatewayStage;
let line: HeldLine;
let slow: GatewayCalls;
beforeAll(async () => {
  stage = await setGatewayStage();
  line = await openHeldLine(stage.temporalAddress);
  slow = await stage.anotherGateway(line.address);
}, 120_000);
afterEach(() => line.letGo());
afterAll(async () => {
  await stage?.close();
  await line?.close();
});

const connects = { requestTransfer: () => ({ kind: 'connected' as const }) };

function say(
  { conversationId }: StageConversation,
  text: string,
  through: GatewayCalls = stage.as(),
): ReturnType<GatewayCalls['call']> {
  const body = { epoch: 0, id: uniqueId('m'), text };
  return through.call('POST', `/v1/conversations/${conversationId}/messages`, { body });
}

async function handOff({ conversationId, path }: StageConversation): Promise<void> {
  const { status } = await stage.as().escalate(conversationId, { requestId: 'r1', integration: 'sales' });
  expect(status).toBe(202);
  await until('a human is there and the escalation closed', async () => {
    const handle = stage.client.workflow.getHandle(stage.workflowId(conversationId));
    const { json } = await stage.as().call('GET', path);
    return json['status'] === 'closed' && (await handle.describe()).status.name === 'COMPLETED';
  });
}

/** What was posted after the transfer was asked for. */
function saidTooLate({ world }: StageConversation): readonly string[] {
  const transferred = world.seen.findIndex((each) => each.startsWith('transfer '));
  return world.seen.slice(transferred).filter((each) => each.startsWith('post '));
}

describe('what a bot says through a gateway that is held up', () => {
  it('is refused once a human is there, in a conversation that was new when it looked', async () => {
    const conversation = stage.conversation(connects);
    const held = line.holdAt('Too late.');
    const late = say(conversation, 'Too late.', slow);
    await held;

    await handOff(conversation);
    line.letGo();

    expect((await late).json).toMatchObject({ code: 'ESC_NOT_OWNER', owner: 'agent', epoch: 2 });
    expect(conversation.world.userRead).not.toContain('Too late.');
  });

  it('is read before the handoff or never, in a conversation with runs before', async () => {
    const conversation = stage.conversation(connects);
    await say(conversation, 'Hello.');
    const held = line.holdAt('Just in time.');
    const late = say(conversation, 'Just in time.', slow);
    await held;

    const handedOff = handOff(conversation);
    await Promise.race([handedOff, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    line.letGo();
    await Promise.all([late, handedOff]);

    expect(conversation.world.seen).toContainEqual(expect.stringMatching(/^transfer /));
    expect(saidTooLate(conversation)).toEqual([]);
  });
});

describe('the claim to go on from a closed run', () => {
  const lastRun = async ({ conversationId }: StageConversation): Promise<string> => {
    const { runId } = await stage.client.workflow.getHandle(stage.workflowId(conversationId)).describe();
    return runId;
  };
  const holdClaim = async (conversation: StageConversation): Promise<string> => {
    const workflowId = successionWorkflowId('acme', await lastRun(conversation), 0);
    await stage.client.workflow.start(SUCCESSION_WORKFLOW, {
      workflowId,
      taskQueue: TASK_QUEUE,
      startDelay: 60_000,
      args: [],
    });
    return workflowId;
  };

  it('keeps everybody else waiting while it is held, and passes on when its holder is gone', async () => {
    const conversation = stage.conversation();
    await say(conversation, 'Hello.');
    const before = await lastRun(conversation);
    const claim = await holdClaim(conversation);

    const asked = stage.as().escalate(conversation.conversationId, { requestId: 'r1', integration: 'sales' });
    await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 1_000))]);
    expect(await lastRun(conversation)).toBe(before);
    await stage.client.workflow.getHandle(claim).terminate();

    expect((await asked).status).toBe(202);
    expect(await lastRun(conversation)).not.toBe(before);
  });

  it('is won by one of many who ask at the same time, and the others find its run', async () => {
    const conversation = stage.conversation();
    await say(conversation, 'Hello.');
    const { conversationId } = conversation;

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? slow : stage.as()).escalate(conversationId, { requestId: 'r1', integration: 'sales' }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    const kinds = answers.map(({ json }) => json['taken']);
    expect(kinds.filter((kind) => kind === 'started')).toHaveLength(1);
  });
});
