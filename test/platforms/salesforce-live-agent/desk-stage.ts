// The stage of the desk suite on a simulated org with Live Agent. It keeps where chats stand as the workflow does: by
// what the requests were answered with, and by what their listeners delivered since.
import type { ChatState } from '../../../domain/chat';
import type { Target } from '../../../domain/target';
import type { Desk, TransferRef } from '../../../platforms/desk';
import { salesforceLiveAgent } from '../../../platforms/salesforce-live-agent';
import {
  createLiveAgentControl,
  startLiveAgentSimulator,
} from '../../../platforms/salesforce-live-agent/simulator';
import type { ChatView, LiveAgentControl } from '../../../platforms/salesforce-live-agent/simulator';
import type { DeskFault, DeskStage, SkillBehaviour } from '../desk-conformance';
import { aConnector, CONTEXT, conversationOf } from './builders';
import { aWorld } from './stage';

/** See the file's comment. */
export async function openStage(): Promise<DeskStage> {
  const simulator = await startLiveAgentSimulator({ world: aWorld({ agents: [], buttons: [] }) });
  const control = createLiveAgentControl(simulator.url);
  const chats = new Map<string, ChatState>();
  let made = 0;
  const next = (): string => String((made += 1)).padStart(12, '0');
  const ofConversation = async (conversationId: string): Promise<readonly ChatView[]> =>
    (await control.state()).chats.filter(({ request }) => conversationOf(request) === conversationId);

  return {
    openDesk: () =>
      keepingChats(salesforceLiveAgent.desk!.createDesk(aConnector(simulator.baseUrl), CONTEXT), chats),
    newConversation: async () => `conversation-${next()}`,
    skill: (behaviour) => makeButton(control, next, behaviour),
    unknownSkill: () => ({ kind: 'skill', id: '573D00000000XXX' }),
    decliningTarget: () => makeButton(control, next, 'offline'),
    async agentAccepts({ conversationId }) {
      const ringing = (await ofConversation(conversationId)).find(({ state }) => state === 'ringing');
      if (!ringing) return undefined;
      await control.accept(ringing.chatId);
      return ringing.agentName;
    },
    fault: (fault) => strike(control, fault),
    transferCount: async (conversationId) => (await ofConversation(conversationId)).length,
    joined: async (conversationId) =>
      (await ofConversation(conversationId)).flatMap(({ state, agentName }) =>
        state === 'established' && agentName !== undefined ? [agentName] : [],
      ),
    transcript: async () => [],
    connections: async () => (await control.state()).connections,
    async close() {
      await control.close();
      await simulator.close();
    },
  };
}

function keepingChats(desk: Desk, chats: Map<string, ChatState>): Desk {
  const keep = ({ transferId }: TransferRef, chat: ChatState | undefined): void => {
    if (chat && chat.generation >= (chats.get(transferId)?.generation ?? 0)) chats.set(transferId, chat);
  };
  const known = <R extends TransferRef>(ref: R): R => {
    const chat = chats.get(ref.transferId) ?? ref.chat;
    return chat ? { ...ref, chat } : ref;
  };
  const { chat } = desk;
  if (!chat?.listen) throw new Error('the desk is not listened to');
  const { listen } = chat;
  return {
    ...desk,
    async requestTransfer(request, call) {
      const answer = await desk.requestTransfer(known(request), call);
      if ('chat' in answer) keep(request, answer.chat);
      return answer;
    },
    lookUp: (ref, call) => desk.lookUp(known(ref), call),
    withdraw: (ref, call) => desk.withdraw(known(ref), call),
    chat: {
      ...chat,
      listen: (ref, deliver, call) =>
        listen(
          known(ref),
          async (news) => {
            keep(ref, news.chat);
            await deliver(news);
          },
          call,
        ),
    },
  };
}

/** A button with one agent, whose name is their id. */
async function makeButton(
  control: LiveAgentControl,
  next: () => string,
  behaviour: SkillBehaviour,
): Promise<Target> {
  const agent = `005${next()}`;
  const button = `573${next()}`;
  await control.agent({
    id: agent,
    name: agent,
    isOnline: behaviour !== 'offline',
    behaviour: behaviour === 'accepting' ? { kind: 'accepts', afterMs: 5 } : { kind: 'manual' },
  });
  await control.button({ id: button, agents: [agent] });
  return { kind: 'skill', id: button };
}

function strike(control: LiveAgentControl, fault: DeskFault): Promise<void> {
  const on = 'ChasitorInit';
  switch (fault.kind) {
    case 'rateLimited':
      return control.fault({
        kind: 'status',
        on,
        status: 429,
        retryAfter: String(fault.retryAfterMs / 1000),
      });
    case 'serverError':
      return control.fault({ kind: 'status', on, status: 500 });
    case 'hang':
    case 'lostAnswer':
      return control.fault({ kind: fault.kind, on });
  }
}
