// A simulated org with a client on it, and chats that have begun.
import type { ChatEvent } from '../../../platforms/salesforce-live-agent/chat-events';
import type { ChatRequest } from '../../../platforms/salesforce-live-agent/chat-request';
import type { ChatSession } from '../../../platforms/salesforce-live-agent/chat-session';
import { createLiveAgentClient } from '../../../platforms/salesforce-live-agent/client';
import type { LiveAgentClient, LiveAgentOptions } from '../../../platforms/salesforce-live-agent/client';
import type { PostResult } from '../../../platforms/salesforce-live-agent/post';
import {
  createLiveAgentControl,
  startLiveAgentSimulator,
} from '../../../platforms/salesforce-live-agent/simulator';
import type {
  LiveAgentControl,
  LiveAgentSimulator,
  WorldSpec,
} from '../../../platforms/salesforce-live-agent/simulator';

/** 18 characters where the vendor takes both. */
export const ORG = { organizationId: '00DD0000000JVXsMAO', deploymentId: '572D000000000J6' };
export const BUTTON = '573D000000000OC';
export const OTHER_BUTTON = '573D000000000OD';
export const ANN = '005D00000000A01';
export const BEN = '005D00000000A02';

/** Ann at one button, Ben at another; both wait to be told. Polls end after 300 ms. */
export function aWorld(more: WorldSpec = {}): WorldSpec {
  return {
    agents: more.agents ?? [
      { id: ANN, name: 'Ann' },
      { id: BEN, name: 'Ben' },
    ],
    buttons: more.buttons ?? [
      { id: BUTTON, name: 'Service', agents: [ANN], estimatedWaitTime: 120 },
      { id: OTHER_BUTTON, name: 'Sales', agents: [BEN] },
    ],
    settings: { pollMs: 300, clientPollTimeout: 5, ...more.settings },
  };
}

/** A simulator, its control and a client. */
export interface Stage {
  readonly simulator: LiveAgentSimulator;
  readonly control: LiveAgentControl;
  readonly client: LiveAgentClient;
  /** Ends with the test's patience. */
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

export async function aStage(world: WorldSpec = {}, options: Partial<LiveAgentOptions> = {}): Promise<Stage> {
  const simulator = await startLiveAgentSimulator({ world: aWorld(world) });
  const control = createLiveAgentControl(simulator.url);
  const client = aClient(simulator.baseUrl, options);
  return {
    simulator,
    control,
    client,
    signal: AbortSignal.timeout(58_000),
    async close() {
      await Promise.all([client.close(), control.close()]);
      await simulator.close();
    },
  };
}

export function aClient(baseUrl: string, options: Partial<LiveAgentOptions> = {}): LiveAgentClient {
  return createLiveAgentClient({
    ...ORG,
    baseUrl,
    allowPrivateNetwork: true,
    connectMs: 2_000,
    requestMs: 2_000,
    ...options,
  });
}

export function aRequest(more: Partial<ChatRequest> = {}): ChatRequest {
  return { target: { kind: 'button', buttonId: BUTTON }, visitorName: 'Jon', ...more };
}

/** The session after a POST that must have been taken. */
export function taken(result: PostResult): ChatSession {
  if (result.kind !== 'taken') throw new Error(`not taken: ${result.kind}`);
  return result.session;
}

/** A chat that was asked for. */
export async function aChat(
  { client, signal }: Stage,
  more: Partial<ChatRequest> = {},
): Promise<ChatSession> {
  const session = await client.openSession({ signal });
  return taken(await client.initialize(session, aRequest(more), { signal, sequence: 1, isRepeat: false }));
}

/** A chat that Ann has accepted, all of it read. */
export async function anEstablishedChat(stage: Stage): Promise<ChatSession> {
  const asked = await aChat(stage);
  await stage.control.accept(asked.id);
  return (await readUntil(stage, asked, (event) => event.kind === 'established')).session;
}

/** Polls until an event is there. */
export async function readUntil(
  { client, signal }: Stage,
  from: ChatSession,
  isLast: (event: ChatEvent) => boolean,
): Promise<{ readonly session: ChatSession; readonly events: readonly ChatEvent[] }> {
  const events: ChatEvent[] = [];
  let session = from;
  for (;;) {
    const polled = await client.poll(session, { signal });
    if (polled.kind !== 'events' && polled.kind !== 'silent')
      throw new Error(`the poll ended: ${polled.kind}`);
    session = polled.session;
    if (polled.kind === 'events') events.push(...polled.events);
    if (events.some(isLast)) return { session, events };
  }
}
