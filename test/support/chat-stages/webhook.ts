// The generic desk: Baton's own wire format. Its events reach the gateway over a link that breaks, too.
import { createGenericDeskControl, startGenericDesk } from '../../../platforms/webhook/simulator';
import { createBreakableLink, type BreakableLink } from '../breakable-link';
import { DESK_SECRET, TENANT } from '../system-configuration';
import { until } from '../until';
import { FAULTS, type ChatStage } from './stage';

const PLATFORM = 'webhook';
const CONNECTOR = 'chat-webhook';
const SKILL = 'chat';
const NOBODY = 'nobody';

/** Starts the desk. */
export async function createWebhookStage(): Promise<ChatStage> {
  const simulator = await startGenericDesk({
    secret: DESK_SECRET,
    targets: [{ id: SKILL }, { id: NOBODY, agents: [] }],
  });
  const desk = createGenericDeskControl(simulator.controlUrl);
  const link = await createBreakableLink(simulator.url);
  let events: BreakableLink | undefined;
  let written = 0;
  const transferOf = (conversationId: string): Promise<string> =>
    until(`a transfer of ${conversationId}`, async () => {
      const { transfers } = await desk.state();
      return transfers.find((transfer) => transfer.conversationId === conversationId)?.transferId;
    });
  return {
    platform: PLATFORM,
    connector: CONNECTOR,
    configuration: () => ({
      connector: {
        platform: PLATFORM,
        account: 'chat',
        options: { url: link.url },
        credentials: { secret: '${env:BATON_ACME_DESK_SECRET}' },
      },
      integration: { agentSkillId: SKILL },
    }),
    async open(gatewayUrl) {
      events = await createBreakableLink(gatewayUrl);
      await desk.setCallback({
        url: `${events.url}/v1/webhooks/${TENANT}/${CONNECTOR}`,
        secret: DESK_SECRET,
      });
    },
    async agentJoins(conversationId) {
      await desk.accept(await transferOf(conversationId));
    },
    async agentWrites(conversationId, text) {
      written += 1;
      await desk.say(await transferOf(conversationId), { messageId: `a${written}`, text, agentName: 'Ann' });
    },
    async agentEnds(conversationId) {
      await desk.end(await transferOf(conversationId), 'agent');
    },
    async console(conversationId) {
      const { conversations } = await desk.state();
      return (conversations[conversationId]?.chat ?? []).map(({ from, text = '' }) => ({ from, text }));
    },
    nobody: NOBODY,
    async hasLetGo(conversationId) {
      const { transfers, conversations } = await desk.state();
      return transfers
        .filter((transfer) => transfer.conversationId === conversationId)
        .every(
          ({ standing: { status } }) =>
            status !== 'queued' &&
            (status !== 'connected' || (conversations[conversationId]?.chatClosed ?? false)),
        );
    },
    async disturb(how) {
      if (how !== 'cut') return desk.fault({ kind: FAULTS[how], on: 'chat.message' });
      link.cut();
      events?.cut();
    },
    calm: () => desk.clearFaults(),
    async close() {
      await desk.close();
      await simulator.close();
      await link.close();
      await events?.close();
    },
  };
}
