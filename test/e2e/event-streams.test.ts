// Event streams over real processes: a gateway that is killed or stopped in the middle of them, and the client that
// goes on where it was.
import { BatonClient, type BatonEvent } from '../../client';
import { openStream } from '../support/event-streams';
import { createScenarios, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { API_KEY, SKILLS } from '../support/system-configuration';
import { until } from '../support/until';

let system: System;
let scenarios: Scenarios;
let baton: BatonClient;

beforeAll(async () => {
  system = await startSystem();
  scenarios = createScenarios(system);
  baton = new BatonClient({ baseUrl: system.gateway.url, apiKey: API_KEY });
}, 120_000);
afterAll(() => system?.close());

/** Nobody answers until the attempt times out. */
async function unanswered(): Promise<Scenario> {
  const scenario = await scenarios.open();
  await scenario.ask({ integration: 'to-skill', variables: { skillId: SKILLS.returns } });
  return scenario;
}

function follow({ conversationId }: Scenario): { events: BatonEvent[]; over: Promise<void> } {
  const events: BatonEvent[] = [];
  const over = (async () => {
    for await (const event of baton.events(conversationId)) events.push(event);
  })();
  return { events, over };
}

it('the client goes on where it was when the gateway is killed in the middle: nothing twice, nothing missing', async () => {
  const scenario = await unanswered();
  const { events, over } = follow(scenario);
  await until('the queue', () => events.some(({ notice }) => notice.type === 'escalation.queued'));

  await system.gatewayProcess().kill();
  // Told while nobody streams: the attempt times out.
  await scenario.untilNotices(1);
  const before = events.length;
  await system.startGateway();
  await until('what was missed', () => events.length > before);
  await system.gatewayProcess().kill();
  await system.startGateway();
  await baton.cancel(scenario.conversationId);
  await over;

  expect(events.map(({ notice }) => notice.data.sequence)).toEqual(events.map((_event, index) => index + 1));
  const whole = follow(scenario);
  await whole.over;
  expect(whole.events).toEqual(events);
  expect(events.map(({ notice }) => notice.type)).toEqual(
    expect.arrayContaining(['escalation.accepted', 'escalation.queued', 'escalation.failed']),
  );
}, 120_000);

it('a gateway that is told to stop ends its streams and does not wait for their escalations', async () => {
  const scenario = await unanswered();
  const stream = await openStream(`${system.gateway.url}/v1/escalations/${scenario.conversationId}/events`, {
    authorization: `Bearer ${API_KEY}`,
  });
  await stream.untilEvents(1);

  const { code } = await system.gatewayProcess().terminate();
  await stream.ended;
  await system.startGateway();
  const [{ id } = { id: '' }] = stream.events().slice(-1);
  const resumed = await openStream(`${system.gateway.url}/v1/escalations/${scenario.conversationId}/events`, {
    authorization: `Bearer ${API_KEY}`,
    'last-event-id': id,
  });
  await baton.cancel(scenario.conversationId);
  await resumed.ended;

  expect(code).toBe(0);
  const sequences = [...stream.events(), ...resumed.events()].map(({ data }) => data.data.sequence);
  expect(sequences).toEqual(sequences.map((_sequence, index) => index + 1));
}, 120_000);
