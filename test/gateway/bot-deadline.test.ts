// What a platform of bots wants done has one deadline for all of it: Temporal is reached by a line that is held in the
// middle of the first deed.
import { passageWorkflowId } from '../../domain/ids';
import type { BotDeed } from '../../platforms/platform';
import { grpcCodeOf } from '../../temporal/faults';
import { uniqueId } from '../support/builders';
import type { GatewayAnswer, GatewayCalls } from '../support/gateway-calls';
import { setGatewayStage, type GatewayStage } from '../support/gateway-stage';
import { openHeldLine, type HeldLine } from '../support/held-line';
import { aScriptedBot, createScriptedBots, SCRIPTED_BOTS, SCRIPTED_SECRET } from '../support/scripted-bots';

const NOT_FOUND = 5;
let stage: GatewayStage;
let line: HeldLine;
let slow: GatewayCalls;

beforeAll(async () => {
  stage = await setGatewayStage({
    worker: false,
    platforms: { [SCRIPTED_BOTS]: createScriptedBots().platform },
    tenants: { acme: { bots: { called: aScriptedBot() } } },
  });
  line = await openHeldLine(stage.temporalAddress);
  slow = await stage.anotherGateway(line.address);
}, 120_000);
afterEach(() => line.letGo());
afterAll(async () => {
  await stage?.close();
  await line?.close();
});

const passOn = (conversationId: string): BotDeed => ({
  kind: 'passOn',
  conversationId,
  id: 'p1',
  items: [{ text: 'hi' }],
});
const does = (
  deeds: readonly BotDeed[],
  failure?: { status: number; body: string },
): Promise<GatewayAnswer> =>
  slow.call('POST', '/v1/bots/acme/called/event', {
    headers: { 'x-secret': SCRIPTED_SECRET },
    body: { deeds, ...(failure && { failure }) },
  });

async function isPassedOn(conversationId: string): Promise<boolean> {
  try {
    await stage.client.workflow.getHandle(passageWorkflowId('acme', conversationId)).describe();
    return true;
  } catch (error) {
    if (grpcCodeOf(error) === NOT_FOUND || (error as Error).name === 'WorkflowNotFoundError') return false;
    throw error;
  }
}

describe('what a platform wants done while Temporal is slow', () => {
  it('is given up when the time for all of it is over, and what was not begun never is', async () => {
    const [first, second] = [uniqueId('first'), uniqueId('second')];
    void line.holdAt(first);

    const { status, json } = await does([passOn(first), passOn(second)]);
    line.letGo();

    expect([status, json['code']]).toEqual([503, 'ESC_TEMPORAL_UNAVAILABLE']);
    expect(json['detail']).toContain('not all was done within 4000 ms');
    // By the same line, after whatever was held.
    expect((await does([passOn(uniqueId('later'))])).status).toBe(200);
    expect(await isPassedOn(second)).toBe(false);
  }, 30_000);

  it('is answered in the words of the platform, and taken when it comes again', async () => {
    const conversationId = uniqueId('again');
    void line.holdAt(conversationId);

    const answer = await does([passOn(conversationId)], { status: 503, body: '{"claimed":false}' });
    line.letGo();

    expect([answer.status, answer.json]).toEqual([503, { claimed: false }]);
    expect((await does([passOn(conversationId)])).status).toBe(200);
    expect(await isPassedOn(conversationId)).toBe(true);
  }, 30_000);
});
