// An Einstein bot that Baton speaks to in the user's place: the user is at a thin client, which takes signed webhooks.
import type { TargetKind } from '../../../domain/target';
import { uniqueId } from '../builders';
import {
  AGAIN,
  EINSTEIN_BOTS,
  EINSTEIN_TARGETS,
  EINSTEIN_VARIABLES,
  EINSTEIN_WORDS,
  wantsHuman,
  type EinsteinOrg,
} from '../einstein-org';
import type { System } from '../system';
import { until } from '../until';
import { BACK, type BotStage } from './stage';

const { hello, asking, nobody } = EINSTEIN_WORDS;
const TRANSFERRED = ['transferSucceeded', 'end Transfer'];

/** On the org, which the desk of the same platform has too. */
export function createEinsteinBot(system: System, { control, connector }: EinsteinOrg): Promise<BotStage> {
  const botOf = (integration: string): string => `matrix-${integration}`;
  return Promise.resolve({
    platform: 'einstein-bots',
    botOf,
    takesAnyConversation: true,
    names: Object.keys(EINSTEIN_TARGETS) as TargetKind[],
    showsNames: true,
    opening: [hello, asking],
    words: {
      asked: [],
      connected: TRANSFERRED,
      relayed: TRANSFERRED,
      queued: TRANSFERRED,
      failed: ['transferFailed'],
      returned: [],
      abandoned: ['end UserRequest'],
    },
    answers: { failed: [nobody] },
    // After a transfer the session is over: another begins.
    back: { returned: [hello, BACK] },
    configuration: (integrations) =>
      Promise.resolve({
        bots: Object.fromEntries(
          integrations.map((integration) => [
            botOf(integration),
            {
              platform: 'einstein-bots',
              connector,
              options: {
                botId: EINSTEIN_BOTS.entry,
                integration,
                url: system.botUrls.messages,
                secret: '${env:BATON_ACME_BOT_SECRET}',
              },
              notices: 'platform',
              retryWindow: '30m',
              allowPrivateNetwork: true,
            },
          ]),
        ),
      }),
    open: () => Promise.resolve(),
    begin({ integration, place, conversationId = uniqueId('conv') }) {
      const path = `/v1/sessions/${encodeURIComponent(conversationId)}`;
      let written = 0;
      const post = async (to: string, body: object): Promise<void> => {
        const { status, json } = await system.gateway.call('POST', `${path}${to}`, { body });
        if (status >= 300) throw new Error(`${to} was answered with ${status}: ${JSON.stringify(json)}`);
      };
      const writes = (text: string): Promise<void> => {
        written += 1;
        const { conversation, target } = EINSTEIN_VARIABLES;
        const variables = [
          { name: conversation, type: 'text', value: conversationId },
          { name: target, type: 'text', value: place.id },
        ];
        return post('/messages', { bot: botOf(integration), id: `u${written}`, text, variables });
      };
      const screen = async (): Promise<readonly string[]> => {
        const { transcripts } = await system.bot.state();
        return (transcripts[conversationId] ?? []).map(({ text, agentName }) =>
          agentName === undefined ? text : `${agentName}: ${text}`,
        );
      };
      return Promise.resolve({
        conversationId,
        escalate: () => writes(wantsHuman(place.kind)),
        userWrites: writes,
        userLeaves: () => post('/end', {}),
        async goesOn() {
          await until('the session to be the bot’s again', async () => {
            const { json } = await system.gateway.call('GET', path);
            return !['handing_off', 'handed_off'].includes(String(json['phase']));
          });
          await writes(AGAIN);
          await until('the bot to answer', async () => (await screen()).includes(BACK));
        },
        screen,
        async heard() {
          const { sessions, requests } = await control.state();
          const own = sessions.filter(({ passed }) =>
            passed.some(({ name, value }) => name === 'Conversation' && value === conversationId),
          );
          return requests
            .filter(({ sessionId }) => own.some(({ id }) => id === sessionId))
            .flatMap(({ kinds, headers }) => {
              if (kinds.includes('end')) return [`end ${headers['x-session-end-reason'] ?? ''}`];
              return kinds.filter((kind) => kind.startsWith('transfer'));
            });
        },
      });
    },
    close: () => Promise.resolve(),
  } satisfies BotStage);
}
