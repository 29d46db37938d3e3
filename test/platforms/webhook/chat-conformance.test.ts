// Chats over the generic desk against its simulator, which brings what it says by signed webhooks.
import type { TransferRef, TransferRequest } from '../../../platforms/desk';
import type { PlatformEvent } from '../../../platforms/platform';
import { webhook } from '../../../platforms/webhook';
import { readInbound } from '../../../platforms/webhook/inbound';
import {
  createGenericDeskControl,
  startGenericDesk,
  type GenericDeskState,
} from '../../../platforms/webhook/simulator';
import { describeChatConformance, type ChatStage, type SendFate } from '../chat-conformance';
import { aConnector, CONTEXT, SECRET, startCallbackServer } from './builders';

const AGENT = 'agent-1';
const FAULTS = {
  lostAnswer: { kind: 'lostAnswer', on: 'chat.message' },
  lostRequest: { kind: 'status', status: 503, on: 'chat.message' },
  serverError: { kind: 'status', status: 503, on: 'chat.message' },
} as const satisfies Record<SendFate, object>;

type Trouble = (desk: ReturnType<typeof createGenericDeskControl>) => Promise<void>;

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'a message to the agent loses its answer': (desk) => desk.fault(FAULTS.lostAnswer),
  'the desk is overloaded': (desk) =>
    desk.fault({ kind: 'status', status: 429, retryAfter: '0', on: 'chat.message' }),
  'the desk fails twice': async (desk) => {
    for (let times = 0; times < 2; times += 1) await desk.fault(FAULTS.serverError);
  },
  'what the desk says comes twice': (desk) => desk.setEventMode({ duplicate: true }),
  'what the desk says comes late': (desk) => desk.setEventMode({ delayMs: 50 }),
};

describeChatConformance({
  name: 'generic',
  platform: webhook.desk!,
  troubles: Object.keys(TROUBLES),
  open: openStage,
});

async function openStage(): Promise<ChatStage> {
  const inbox = new Inbox();
  const callback = await startCallbackServer((headers, body) => inbox.take(headers, body));
  const simulator = await startGenericDesk({
    secret: SECRET,
    callback: { url: callback.url, secret: SECRET },
  });
  const desk = createGenericDeskControl(simulator.controlUrl);
  await desk.setTarget({ id: '1', agents: [{ id: AGENT }, { id: 'agent-2' }] });
  let made = 0;
  const chatOf = async ({
    conversationId,
  }: TransferRef): Promise<GenericDeskState['conversations'][string]> =>
    (await desk.state()).conversations[conversationId]!;
  return {
    openDesk: () => webhook.desk!.createDesk(aConnector(simulator.url), CONTEXT),
    newTransfer: async (): Promise<TransferRequest> => {
      made += 1;
      return { conversationId: `c${made}`, transferId: `t${made}`, target: { kind: 'skill', id: '1' } };
    },
    agentJoins: async ({ transferId }) => (await desk.accept(transferId, { agentId: AGENT })) ?? '',
    agentWrites: async ({ transferId }, text) => {
      expect(await desk.say(transferId, { messageId: crypto.randomUUID(), text })).toBe(true);
    },
    agentEnds: async ({ transferId }) => void (await desk.end(transferId, 'agent')),
    agentLeaves: async ({ transferId }) => void (await desk.note(transferId, 'chat.agentLeft')),
    agentHandsOver: async ({ transferId }) =>
      void (await desk.note(transferId, 'chat.agentChanged', { agentId: 'agent-2', agentName: 'Jon' })),
    userTypes: async (ref) => (await chatOf(ref)).userWrites,
    agentRead: async (ref) =>
      (await chatOf(ref)).chat
        .filter(({ from }) => from === 'user')
        .map(({ text, attachment }) => text ?? attachment?.url ?? ''),
    isOpen: async (ref) => !(await chatOf(ref)).chatClosed,
    trouble: (name) => TROUBLES[name]!(desk),
    strikeSend: (fate) => desk.fault(FAULTS[fate]),
    listen: async ({ transferId }, deliver, { signal }) => {
      while (!signal.aborted) {
        const event = await inbox.next(transferId, signal);
        if (!event) return;
        // The gateway answers 503 to what it could not signal, and the desk sends it again.
        await deliver({ words: [{ id: event.id, word: event.word }] }).catch((error: unknown) => {
          inbox.putBack(event);
          throw error;
        });
        if (event.word.kind === 'ended') return;
      }
    },
    close: async () => {
      await desk.close();
      await simulator.close();
      await callback.close();
    },
  };
}

/** Events as the gateway would have them, waiting for who asks; each counts once. */
class Inbox {
  readonly #events: PlatformEvent[] = [];
  readonly #known = new Set<string>();
  #wake: () => void = () => undefined;

  take(headers: Record<string, string | string[] | undefined>, body: Buffer): number {
    const single = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const result = readInbound(aConnector('http://127.0.0.1/'), {
      headers: single,
      body,
      receivedAt: Date.now(),
    });
    if (result.kind !== 'events') return result.kind === 'unauthorized' ? 401 : 400;
    for (const event of result.events) {
      if (this.#known.has(event.id)) continue;
      this.#known.add(event.id);
      this.#events.push(event);
    }
    this.#wake();
    return 202;
  }

  putBack(event: PlatformEvent): void {
    this.#events.unshift(event);
  }

  /** Undefined when nobody waits any more. */
  async next(transferId: string, signal: AbortSignal): Promise<PlatformEvent | undefined> {
    while (!signal.aborted) {
      const index = this.#events.findIndex((event) => event.transferId === transferId);
      if (index >= 0) return this.#events.splice(index, 1)[0];
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return undefined;
  }
}
