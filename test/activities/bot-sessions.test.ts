// What a bot that Baton speaks to answers, as activities give it to the workflow: nothing masks it but they.
import type { BotTurn } from '../../domain/bot-session';
import type { TenantConfiguration } from '../../domain/configuration';
import { createSessionActivities } from '../../activities/bot-sessions';
import type { SessionActivities } from '../../activities/session-types';
import type { ActivityDeps } from '../../activities/deps';
import { aTenant } from '../support/tenant-builders';
import { inActivity } from './stage';

const turnOf = (mail: string): BotTurn => ({
  session: { generation: 1, session: 'ada@example.com' },
  said: [
    {
      id: 'w1',
      text: `Is ${mail} still right?`,
      choices: [{ id: 'c1', label: `Yes, ${mail}` }],
      delayMs: 0,
    },
  ],
  escalates: { messageId: 'm1', targets: [{ kind: 'queue', id: '00G5e000000TcHqEAK' }] },
  variables: [{ name: 'Email', type: 'text', value: mail }],
  intents: [{ label: `Write to ${mail}` }],
});
const ANSWER = turnOf('ada@example.com');

function speaking(tenant: TenantConfiguration): SessionActivities {
  const sessions = { begin: () => Promise.resolve(ANSWER), say: () => Promise.resolve(ANSWER) };
  const accounts = { desk: () => ({ sessions }) };
  const configuration = { tenants: { acme: tenant } };
  return createSessionActivities({ accounts, configuration } as unknown as ActivityDeps);
}

const account = { tenant: 'acme', connector: 'bots' };
const answersOf = async (tenant: TenantConfiguration): Promise<readonly BotTurn[]> => {
  const { beginSession, sayToBot } = speaking(tenant);
  const start = { botId: '0Xx', key: 'k' };
  const message = { kind: 'text', text: 'hello' } as const;
  return [
    await inActivity(() => beginSession({ ...account, start })),
    await inActivity(() => sayToBot({ ...account, session: ANSWER.session, sequence: 1, message })),
  ];
};

it('is masked as the tenant wants it written down; ids and where the session stands are kept', async () => {
  const masking = { cardNumbers: false, emails: true, phones: false, patterns: [] };
  const masked = turnOf('[e-mail]');

  expect(await answersOf({ ...aTenant(), masking })).toEqual([masked, masked]);
});

it('is left as it is where the tenant masks nothing', async () => {
  expect(await answersOf(aTenant())).toEqual([ANSWER, ANSWER]);
});
