// The stage of the chat suite on a simulated org with Live Agent.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { TransferRef } from '../../../platforms/desk';
import { salesforceLiveAgent } from '../../../platforms/salesforce-live-agent';
import {
  createLiveAgentControl,
  startLiveAgentSimulator,
} from '../../../platforms/salesforce-live-agent/simulator';
import type {
  ChatView,
  LiveAgentControl,
  WorldSpec,
} from '../../../platforms/salesforce-live-agent/simulator';
import type { ChatStage } from '../chat-conformance';
import { aConnector, CONTEXT, conversationOf } from './builders';
import { ANN, aWorld, BEN, BUTTON } from './stage';

type Strike = (control: LiveAgentControl, chatId: string) => Promise<void>;

const on =
  (name: string, kind: 'lostRequest' | 'lostAnswer' | 'silentEffect' | 'hang' | 'cutAnswer'): Strike =>
  (control) =>
    control.fault({ kind, on: name });
const answered =
  (name: string, status: number): Strike =>
  (control) =>
    control.fault({ kind: 'status', status, on: name, ...(status === 429 && { retryAfter: '0' }) });
const moved: Strike = (control, chatId) => control.move(chatId);
const movedAnd =
  (trouble: Strike): Strike =>
  async (control, chatId) => {
    await trouble(control, chatId);
    await moved(control, chatId);
  };

/** What a chat must survive here. */
export const TROUBLES: Readonly<Record<string, Strike>> = {
  'the chat moves to another server': moved,
  'the chat moves, and where to is not answered': movedAnd(on('ReconnectSession', 'lostRequest')),
  'the chat moves, and the answer of where to is lost': movedAnd(on('ReconnectSession', 'lostAnswer')),
  'the chat moves, and its transcript is lost': movedAnd(on('Messages', 'lostAnswer')),
  'the chat moves, and that it goes on is not heard': movedAnd(on('ChasitorResyncState', 'lostRequest')),
  'the chat moves, and the answer to going on is lost': movedAnd(on('ChasitorResyncState', 'lostAnswer')),
  'the chat moves while a message is sent': async (control, chatId) => {
    setTimeout(() => void control.move(chatId).catch(() => undefined), 5);
  },
  'a message is taken, and then the chat moves': movedAnd(on('ChatMessage', 'lostAnswer')),
  'an outage of the poll': answered('Messages', 503),
  'an outage of a message': answered('ChatMessage', 503),
  'a poll is lost': on('Messages', 'lostRequest'),
  'the answer of a poll is lost': on('Messages', 'lostAnswer'),
  'the answer of a poll is cut off': on('Messages', 'cutAnswer'),
  'a poll is never answered': on('Messages', 'hang'),
  'a message is answered too late': on('ChatMessage', 'silentEffect'),
  'a 429': answered('ChatMessage', 429),
  'a 500': answered('ChatMessage', 500),
  'a message is answered with 200, and not taken': (control) =>
    control.fault({ kind: 'lostEffect', on: 'ChatMessage' }),
  'messages that nobody knows': (control, chatId) =>
    control.tell(chatId, 'SensitiveDataRules', { rules: [] }),
};

/** How the org and the connector are. */
export interface ChatStageOptions {
  readonly settings?: WorldSpec['settings'];
  readonly options?: ConnectorConfiguration['options'];
}

/** See the file's comment. */
export async function openChatStage({ settings, options }: ChatStageOptions = {}): Promise<ChatStage> {
  const world = aWorld({ settings: { pollMs: 300, clientPollTimeout: 0.6, ...settings } });
  const simulator = await startLiveAgentSimulator({ world });
  const control = createLiveAgentControl(simulator.url);
  let made = 0;
  const find = async ({ conversationId }: TransferRef): Promise<ChatView | undefined> =>
    (await control.state()).chats.find(({ request }) => conversationOf(request) === conversationId);
  const viewOf = async (ref: TransferRef): Promise<ChatView> => {
    const deadline = AbortSignal.timeout(30_000);
    for (;;) {
      const found = await find(ref);
      if (found) return found;
      if (deadline.aborted) throw new Error('no such chat');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const idOf = async (ref: TransferRef): Promise<string> => (await viewOf(ref)).chatId;

  return {
    openDesk: () =>
      salesforceLiveAgent.desk!.createDesk(
        aConnector(simulator.baseUrl, {
          timeouts: { requestMs: 1_500, connectMs: 1_500, heartbeatMs: 10_000 },
          ...(options && { options }),
        }),
        CONTEXT,
      ),
    async newTransfer() {
      made += 1;
      return {
        conversationId: `conversation-${made}`,
        transferId: `conversation-${made}/r1/0`,
        target: { kind: 'skill', id: BUTTON },
      };
    },
    async agentJoins(ref) {
      await control.accept(await idOf(ref), ANN);
      return ANN;
    },
    agentWrites: async (ref, text) => control.write(await idOf(ref), text),
    agentEnds: async (ref) => control.end(await idOf(ref)),
    agentLeaves: async (ref) => control.disconnect(await idOf(ref)),
    agentHandsOver: async (ref) => control.transfer(await idOf(ref), BEN),
    agentTypes: async (ref, writes) => control.type(await idOf(ref), writes),
    agentRead: async (ref) =>
      (await viewOf(ref)).transcript.filter(({ from }) => from === 'visitor').map(({ text }) => text),
    isOpen: async (ref) =>
      ['queued', 'ringing', 'established', 'unattended'].includes((await viewOf(ref)).state),
    trouble: async (name, ref) => TROUBLES[name]?.(control, await idOf(ref)),
    strikeSend: (fate) =>
      fate === 'serverError'
        ? control.fault({ kind: 'status', status: 503, on: 'ChatMessage' })
        : control.fault({ kind: fate, on: 'ChatMessage' }),
    async close() {
      await control.close();
      await simulator.close();
    },
  };
}
