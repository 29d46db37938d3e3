// The stage of the chat suite on a simulated org with Messaging for In-App and Web.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { TransferRef } from '../../../platforms/desk';
import { salesforceMessaging } from '../../../platforms/salesforce-messaging';
import {
  createMessagingControl,
  startMessagingSimulator,
} from '../../../platforms/salesforce-messaging/simulator';
import type {
  ConversationView,
  MessagingControl,
  WorldSpec,
} from '../../../platforms/salesforce-messaging/simulator';
import type { ChatStage, SendFate } from '../chat-conformance';
import { aConnector, aWorld, CONTEXT } from './builders';

type Strike = (control: MessagingControl, conversation: string) => Promise<void>;

/** What a chat must survive here. */
export const TROUBLES: Readonly<Record<string, Strike>> = {
  'the stream is cut': (control) => control.cutStreams(),
  'the stream is cut and cannot be opened again at once': async (control) => {
    await control.fault({ kind: 'status', status: 503, on: 'stream', times: 3 });
    await control.cutStreams();
  },
  'the stream loses events, then breaks': async (control) => {
    await control.loseEvents(2);
    setTimeout(() => void control.cutStreams().catch(() => undefined), 150);
  },
  'the stream loses events and goes on': (control) => control.loseEvents(2),
  'the stream falls silent and stays open': (control) => control.silence(),
  'the token is no longer taken': async (control) => {
    await control.expireTokens();
    await control.cutStreams();
  },
  'the list of entries fails': async (control) => {
    await control.fault({ kind: 'status', status: 500, on: 'entries', times: 2 });
    await control.cutStreams();
  },
  'an answer to the list of entries is cut off': async (control) => {
    await control.fault({ kind: 'cutAnswer', on: 'entries' });
    await control.cutStreams();
  },
  'unknown events': async (control, conversation) => {
    await control.tell(conversation, 'StreamingToken', { token: 1 });
    await control.tell(conversation, 'Message', { abstractMessage: 'not one' }, false).catch(() => undefined);
  },
  'receipts are refused': (control) =>
    control.fault({ kind: 'status', status: 500, on: 'receipts', times: 2 }),
  'a lost answer to a message': (control) => control.fault({ kind: 'lostAnswer', on: 'message' }),
  'a message that is answered late': (control) => control.fault({ kind: 'delay', ms: 100, on: 'message' }),
  'a 429': (control) => control.fault({ kind: 'status', status: 429, retryAfter: '0', on: 'message' }),
  'a session that lapsed': (control, conversation) => control.lapse(conversation),
  'a warm transfer': (control, conversation) => control.handOver(conversation, 'Zoe'),
};

/** What the stage is made with. */
export interface ChatStageOptions {
  readonly credentials: ConnectorConfiguration['credentials'];
  readonly settings?: WorldSpec['settings'];
  readonly options?: ConnectorConfiguration['options'];
}

/** See the file's comment. */
export async function openChatStage({
  credentials,
  settings,
  options,
}: ChatStageOptions): Promise<ChatStage> {
  const simulator = await startMessagingSimulator({
    world: aWorld({ settings: { perMinute: 1_000, ...settings }, places: [{ name: 'Silent' }] }),
  });
  const control = createMessagingControl(simulator.url);
  let made = 0;
  const viewOf = async ({ conversationId }: TransferRef): Promise<ConversationView> => {
    const isIt = ({ attributes }: ConversationView): boolean =>
      attributes.Baton_Conversation === conversationId;
    // A guest's is only there when somebody has begun to listen.
    const { conversations } = await control.until(
      (state) => state.conversations.some(isIt),
      AbortSignal.timeout(30_000),
    );
    return conversations.find(isIt)!;
  };
  const idOf = async (ref: TransferRef): Promise<string> => (await viewOf(ref)).id;

  return {
    openDesk: () =>
      salesforceMessaging.desk!.createDesk(
        aConnector(simulator.url, {
          credentials,
          options: { heartbeatTimeoutMs: 300, reconcileMs: 400, ...options },
        }),
        CONTEXT,
      ),
    async newTransfer() {
      made += 1;
      return {
        conversationId: `conversation-${made}`,
        transferId: `conversation-${made}/r1/0`,
        target: { kind: 'skill', id: 'Silent' },
      };
    },
    agentJoins: async (ref) => control.accept(await idOf(ref), `Agent-${(made += 1)}`),
    agentWrites: async (ref, text) => control.write(await idOf(ref), text),
    agentEnds: async (ref) => control.end(await idOf(ref)),
    agentLeaves: async (ref) => control.leave(await idOf(ref)),
    agentHandsOver: async (ref) => control.handOver(await idOf(ref), 'Ben'),
    agentTypes: async (ref, writes) => control.type(await idOf(ref), writes),
    userTypes: async (ref) => (await viewOf(ref)).isUserTyping,
    agentRead: async (ref) =>
      (await viewOf(ref)).transcript.filter(({ from }) => from === 'user').map(({ text }) => text),
    isOpen: async (ref) => ['waiting', 'active', 'lapsed'].includes((await viewOf(ref)).status),
    trouble: async (name, ref) => TROUBLES[name]?.(control, await idOf(ref)),
    strikeSend: (fate) => strike(control, fate),
    async close() {
      await control.close();
      await simulator.close();
    },
  };
}

function strike(control: MessagingControl, fate: SendFate): Promise<void> {
  const on = 'message';
  return fate === 'serverError'
    ? control.fault({ kind: 'status', status: 503, on })
    : control.fault({ kind: fate, on });
}
