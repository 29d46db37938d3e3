// Who gets a chat: chosen once by who is available at that moment, then offered to one agent after the other, with a
// queue while all are busy.
import type { Timers } from '../../simulation/timers';
import type { Outbox } from './outbox';
import { short } from './world';
import type { Agent, Button, Chat, World } from './world';

/** See the file. */
export interface Routing {
  /** A chat begins. */
  request(chat: Chat): void;
  accept(chat: Chat, agent: Agent): void;
  decline(chat: Chat): void;
  /** Something became free, or came online. */
  offerAll(): void;
  isAvailable(id: string): boolean;
  agentOf(chat: Chat): Agent | undefined;
  /** Behaviours go on after a restart. */
  resume(): void;
}

/** What it is made with. */
export interface RoutingDeps {
  readonly world: World;
  readonly timers: Timers;
  readonly outbox: Outbox;
}

/** See {@link Routing}. */
export function createRouting({ world, timers, outbox }: RoutingDeps): Routing {
  const chats = (): Chat[] => Object.values(world.chats);
  const agentBy = (id: string | undefined): Agent | undefined =>
    id === undefined ? undefined : world.agents[short(id)];

  function isFree(agent: Agent): boolean {
    const busy = chats().filter((chat) => holds(chat) && chat.agentId === short(agent.id));
    return agent.isOnline && busy.length < agent.capacity;
  }

  function agentsOf(chat: Chat): Agent[] {
    const ids = chat.onlyAgentId !== undefined ? [chat.onlyAgentId] : (buttonOf(chat)?.agents ?? []);
    return ids.flatMap((id) => agentBy(id) ?? []);
  }

  function buttonOf(chat: Chat): Button | undefined {
    return chat.buttonId === undefined ? undefined : world.buttons[chat.buttonId];
  }

  function canTake({ agents, hasQueue }: Button): boolean {
    const online = agents.flatMap((id) => agentBy(id) ?? []).filter(({ isOnline }) => isOnline);
    return hasQueue ? online.length > 0 : online.some(isFree);
  }

  function isAvailable(id: string): boolean {
    const button = world.buttons[short(id)];
    const agent = agentBy(id);
    return button ? canTake(button) : agent !== undefined && isFree(agent);
  }

  function fail(chat: Chat, reason: string): void {
    chat.state = 'failed';
    delete chat.agentId;
    outbox.tell(chat, 'ChatRequestFail', { reason, postChatUrl: '' });
    updateQueues();
  }

  /** Rings the first who may, or waits, or fails when everybody online has declined. */
  function offer(chat: Chat): void {
    const open = agentsOf(chat).filter(
      ({ id, isOnline }) => isOnline && !chat.declinedBy.includes(short(id)),
    );
    const next = open.find(isFree);
    if (open.length === 0) return fail(chat, 'Unavailable');
    if (!next) return;
    chat.state = 'ringing';
    chat.agentId = short(next.id);
    behave(chat, next);
  }

  function behave(chat: Chat, agent: Agent): void {
    const { behaviour } = agent;
    if (behaviour.kind === 'manual') return;
    timers.set(`ring:${chat.key}`, behaviour.afterMs, () => {
      if (chat.state !== 'ringing' || chat.agentId !== short(agent.id)) return;
      if (behaviour.kind === 'accepts') accept(chat, agent);
      else decline(chat);
    });
  }

  function accept(chat: Chat, agent: Agent): void {
    timers.cancel(`ring:${chat.key}`);
    chat.state = 'established';
    chat.agentId = short(agent.id);
    outbox.tell(chat, 'ChatEstablished', aboutAgent(agent));
    updateQueues();
  }

  function decline(chat: Chat): void {
    timers.cancel(`ring:${chat.key}`);
    if (chat.agentId !== undefined) chat.declinedBy.push(chat.agentId);
    delete chat.agentId;
    chat.state = 'queued';
    offer(chat);
  }

  function updateQueues(): void {
    const places = new Map<string, number>();
    for (const chat of chats().filter(isWaiting)) {
      const button = buttonOf(chat);
      if (!button || chat.onlyAgentId !== undefined) continue;
      const position = (places.get(button.id) ?? 0) + 1;
      places.set(button.id, position);
      if (chat.position === position) continue;
      const isNews = chat.position > 0 && chat.request?.['receiveQueueUpdates'] === true;
      chat.position = position;
      if (isNews) outbox.tell(chat, 'QueueUpdate', { position, estimatedWaitTime: button.estimatedWaitTime });
    }
  }

  function choose(chat: Chat): boolean {
    const { buttonOverrides, agentId, buttonId, doFallback } = chat.request ?? {};
    const overrides = Array.isArray(buttonOverrides) ? buttonOverrides.map(String) : [];
    const direct = typeof agentId === 'string' && agentId !== '' ? [agentId] : [];
    const button =
      typeof buttonId === 'string' && (direct.length === 0 || doFallback === true) ? [buttonId] : [];
    for (const candidate of overrides.length > 0 ? overrides : [...direct, ...button]) {
      const [first = '', second] = candidate.split('_');
      if (!isAvailable(first)) continue;
      if (world.buttons[short(first)]) chat.buttonId = short(first);
      else chat.onlyAgentId = short(first);
      if (second !== undefined) chat.buttonId = short(second);
      return true;
    }
    return false;
  }

  return {
    isAvailable,
    accept,
    decline,
    agentOf: (chat) => agentBy(chat.agentId),
    request(chat) {
      if (!choose(chat)) return fail(chat, 'Unavailable');
      chat.state = 'queued';
      updateQueues();
      const estimatedWaitTime = buttonOf(chat)?.estimatedWaitTime ?? -1;
      outbox.tell(chat, 'ChatRequestSuccess', {
        queuePosition: chat.position,
        estimatedWaitTime,
        geoLocation: { countryCode: 'US', countryName: 'United States of America' },
        url: '',
        oref: '',
        postChatUrl: '',
        customDetails: [],
        visitorId: chat.id,
      });
      offer(chat);
    },
    offerAll() {
      for (const chat of chats()) if (chat.state === 'queued') offer(chat);
    },
    resume() {
      for (const chat of chats()) {
        if (chat.state !== 'gone') outbox.expect(chat);
        const agent = agentBy(chat.agentId);
        if (chat.state === 'ringing' && agent) behave(chat, agent);
      }
    },
  };
}

/** What a visitor learns of an agent. */
export function aboutAgent({ id, name }: Agent): Record<string, unknown> {
  return { name, userId: id, sneakPeekEnabled: false, chasitorIdleTimeout: { isEnabled: false } };
}

function isWaiting({ state }: Chat): boolean {
  return state === 'queued' || state === 'ringing';
}

function holds({ state }: Chat): boolean {
  return state === 'ringing' || state === 'established';
}
