// The suites of every desk and of every chat, with simulated bots as targets. A bot is there with its answer, and speaks
// in nothing but its answers.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeclineReason } from '../../../domain/desk-event';
import type { Target } from '../../../domain/target';
import type { TransferRef } from '../../../platforms/desk';
import { einsteinBots } from '../../../platforms/einstein-bots';
import { sessionKey } from '../../../platforms/einstein-bots/desk';
import { PRESET_BOTS, PRESET_ORGS } from '../../../platforms/einstein-bots/simulator';
import type { BotSpec, EinsteinBotsControl } from '../../../platforms/einstein-bots/simulator';
import { describeChatConformance } from '../chat-conformance';
import type { ChatStage, SendFate } from '../chat-conformance';
import { describeDeskConformance } from '../desk-conformance';
import type { DeskFault, DeskStage } from '../desk-conformance';
import { CONTEXT, openStage, secret } from './builders';

const platform = einsteinBots.desk!;
const GREETER: Target = { kind: 'bot', id: PRESET_BOTS.receiver };
const bot = (id: string): Target => ({ kind: 'bot', id });

describeDeskConformance({
  name: 'Einstein Bots',
  platform,
  tells: { exists: false, available: false, agent: false, userLeft: false },
  joinsAtOnce: true,
  declines: ['invalid_target', 'rejected', 'no_agents'],
  open: openDeskStage,
});

describeChatConformance({
  name: 'Einstein Bots',
  platform,
  troubles: [],
  speaksInAnswers: true,
  open: openChatStage,
});

async function openDeskStage(): Promise<DeskStage> {
  const stage = await openStage();
  const { control, simulator } = stage;
  let made = 0;
  /** Sessions of a conversation's transfers; those of one transfer have the same key. */
  const sessionsOf = async (conversationId: string) => {
    const keys = [0, 1].map((rung) => keyOf({ transferId: `${conversationId}/r1/${rung}` }));
    return (await control.state()).sessions.filter(({ externalSessionKey }) =>
      keys.includes(externalSessionKey),
    );
  };
  const { clientId, privateKey } = simulator.credentials(PRESET_ORGS.acme);
  const wrong = { clientId, username: 'nobody@acme.example', privateKey: secret(privateKey) };
  return {
    openDesk: ({ badCredential = false } = {}) => stage.openDesk(badCredential ? { credentials: wrong } : {}),
    newConversation: async () => `conversation-${(made += 1)}`,
    skill: async () => GREETER,
    unknownSkill: () => bot('0Xx5e000000NoBoTAA'),
    decliningTarget: (reason) => decliningBot(control, reason),
    agentAccepts: async ({ target }) => target.id,
    fault: (fault) => strike(control, fault),
    // A lost answer leaves a session with the same key behind that nobody uses.
    transferCount: async (conversationId) =>
      new Set((await sessionsOf(conversationId)).map(({ externalSessionKey }) => externalSessionKey)).size,
    joined: async (conversationId) =>
      (await sessionsOf(conversationId)).filter(({ ended }) => !ended).map(({ botId }) => botId),
    transcript: async () => [],
    connections: () => control.connections(),
    close: () => stage.close(),
  };
}

async function openChatStage(): Promise<ChatStage> {
  const stage = await openStage();
  const { control } = stage;
  let made = 0;
  const sessionOf = async ({ transferId }: Pick<TransferRef, 'transferId'>) => {
    const { sessions } = await control.state();
    const found = sessions.findLast(({ externalSessionKey }) => externalSessionKey === keyOf({ transferId }));
    if (!found) throw new Error('no session');
    return found;
  };
  const fates: Readonly<Record<SendFate, Parameters<typeof control.fault>[0]>> = {
    lostAnswer: { kind: 'lostAnswer', on: 'message' },
    lostRequest: { kind: 'lostRequest', on: 'message' },
    serverError: { kind: 'status', status: 503, on: 'message' },
  };
  return {
    openDesk: () => stage.openDesk(),
    async newTransfer() {
      const conversationId = `conversation-${(made += 1)}`;
      return { conversationId, transferId: `${conversationId}/r1/0`, target: GREETER };
    },
    agentJoins: async () => GREETER.id,
    agentWrites: () => Promise.reject(new Error('a bot does not write by itself')),
    agentEnds: async (ref) => control.expire((await sessionOf(ref)).id),
    agentRead: async (ref) =>
      (await sessionOf(ref)).said.filter(({ from }) => from === 'user').map(({ text }) => text),
    isOpen: async (ref) => (await sessionOf(ref)).ended === null,
    trouble: () => Promise.reject(new Error('none')),
    strikeSend: (fate) => control.fault(fates[fate]),
    async listen(_ref, deliver, { signal }) {
      await deliver({ words: [{ id: 'joined', word: { kind: 'connected', agentId: GREETER.id } }] });
      while (!signal.aborted) await sleep(20);
    },
    close: () => stage.close(),
  };
}

function keyOf(ref: Pick<TransferRef, 'transferId'>): string {
  return sessionKey(CONTEXT.tenant, ref);
}

async function decliningBot(control: EinsteinBotsControl, reason: DeclineReason): Promise<Target> {
  const spec: BotSpec = {
    id: '0Xx5e000000TdecCAC',
    name: 'Declining Bot',
    dialogs: { welcome: [{ kind: 'end', reason: 'Error' }] },
    noAgent: null,
    isActive: reason !== 'invalid_target',
  };
  await control.bot(PRESET_ORGS.acme, spec);
  if (reason === 'no_agents') await control.fault({ kind: 'status', status: 410, on: 'start' });
  return bot(spec.id);
}

async function strike(control: EinsteinBotsControl, fault: DeskFault): Promise<void> {
  const on = 'start';
  switch (fault.kind) {
    case 'rateLimited':
      return control.fault({
        kind: 'status',
        status: 429,
        retryAfter: String(fault.retryAfterMs / 1000),
        on,
      });
    case 'serverError':
      return control.fault({ kind: 'status', status: 503, on });
    case 'hang':
    case 'lostAnswer':
      return control.fault({ kind: fault.kind, on });
  }
}
