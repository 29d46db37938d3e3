// The generic desk against its simulator.
import { isChatEvent } from '../../../domain/chat';
import type { DeskEventSignal } from '../../../domain/desk-event';
import { webhook } from '../../../platforms/webhook';
import { createGenericDeskControl, startGenericDesk } from '../../../platforms/webhook/simulator';
import type { GenericDeskControl } from '../../../platforms/webhook/simulator';
import { describeDeskConformance } from '../desk-conformance';
import type { DeskFault, DeskStage, PreferredAgent, SkillBehaviour } from '../desk-conformance';
import { aConnector, CONTEXT, OTHER_SECRET, SECRET, startCallbackServer } from './builders';

const platform = webhook.desk!;

describeDeskConformance({
  name: 'generic webhook',
  platform,
  tells: { exists: true, available: true, agent: true },
  declines: ['no_agents', 'closed_hours', 'rejected', 'invalid_target'],
  open,
});

async function open(): Promise<DeskStage> {
  const inbox = new Inbox();
  const callback = await startCallbackServer((headers, body) => inbox.take(headers, body));
  const simulator = await startGenericDesk({
    secret: SECRET,
    callback: { url: callback.url, secret: SECRET },
  });
  const control = createGenericDeskControl(simulator.controlUrl);
  let made = 0;
  const next = (prefix: string): string => `${prefix}-${(made += 1)}`;

  return {
    openDesk: ({ badCredential = false } = {}) =>
      platform.createDesk(
        aConnector(simulator.url, { credentials: { secret: badCredential ? OTHER_SECRET : SECRET } }),
        CONTEXT,
      ),
    newConversation: async () => next('conversation'),
    skill: (behaviour) => makeSkill(control, next('skill'), behaviour),
    unknownSkill: () => ({ kind: 'skill', id: 'nowhere' }),
    skillWithAgent: (agent) => makeSkillWithAgent(control, next('skill'), agent),
    decliningTarget: async (reason) => {
      const id = next('skill');
      await control.setTarget({ id, behaviour: { kind: 'declines', reason } });
      return { kind: 'skill', id };
    },
    agentAccepts: ({ transferId }) => control.accept(transferId),
    userLeaves: (conversationId) => control.userLeaves(conversationId),
    fault: (fault) => control.fault(toOrder(fault)),
    transferCount: async (conversationId) =>
      (await control.state()).transfers.filter((transfer) => transfer.conversationId === conversationId)
        .length,
    joined: async (id) => (await control.state()).conversations[id]?.joined ?? [],
    transcript: async (id) =>
      ((await control.state()).conversations[id]?.transcript ?? []).map(({ text }) => text),
    nextEvent: async ({ transferId }, signal) => (await inbox.next(transferId, signal)).event,
    connections: async () => (await control.state()).connections,
    close: async () => {
      await Promise.all([control.close(), simulator.close()]);
      await callback.close();
    },
  };
}

async function makeSkill(control: GenericDeskControl, id: string, behaviour: SkillBehaviour) {
  await control.setTarget({
    id,
    behaviour: behaviour === 'accepting' ? { kind: 'accepts', afterMs: 5 } : { kind: 'silent' },
    agents: [{ id: `${id}-agent`, available: behaviour !== 'offline' }],
  });
  return { kind: 'skill', id } as const;
}

async function makeSkillWithAgent(control: GenericDeskControl, id: string, standing: PreferredAgent) {
  const agentId = `${id}-preferred`;
  const others = [{ id: `${id}-agent` }];
  const preferred = { id: agentId, available: standing === 'available' };
  await control.setTarget({ id, agents: standing === 'unassigned' ? others : [...others, preferred] });
  return { target: { kind: 'skill', id, agentId }, reportedAs: agentId } as const;
}

function toOrder(fault: DeskFault) {
  const on = 'transfer.requested';
  switch (fault.kind) {
    case 'rateLimited':
      return { kind: 'status', status: 429, retryAfter: String(fault.retryAfterMs / 1000), on } as const;
    case 'serverError':
      return { kind: 'status', status: 503, on } as const;
    case 'hang':
    case 'lostAnswer':
      return { kind: fault.kind, on } as const;
  }
}

/** Events as the gateway would have them, waiting for who asks. */
class Inbox {
  readonly #events: DeskEventSignal[] = [];
  #wake: () => void = () => undefined;

  take(headers: Record<string, string | string[] | undefined>, body: Buffer): number {
    const single = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const result = platform.readInbound!(aConnector('http://127.0.0.1/'), {
      headers: single,
      body,
      receivedAt: Date.now(),
    });
    if (result.kind !== 'events') return result.kind === 'unauthorized' ? 401 : 400;
    for (const { word, ...said } of result.events)
      if (!isChatEvent(word)) this.#events.push({ ...said, event: word });
    this.#wake();
    return 202;
  }

  async next(transferId: string, signal: AbortSignal): Promise<DeskEventSignal> {
    for (;;) {
      const index = this.#events.findIndex((event) => event.transferId === transferId);
      const [event] = index < 0 ? [] : this.#events.splice(index, 1);
      if (event) return event;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => reject(new Error(`no event of ${transferId}`)), {
          once: true,
        });
      });
    }
  }
}
