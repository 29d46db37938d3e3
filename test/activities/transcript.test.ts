// What was said before the handoff, as an activity gives it to the workflow: nothing masks it but this.
import { createReadTranscript } from '../../activities/messages';
import type { Accounts } from '../../activities/accounts';
import type { EarlierMessage } from '../../domain/request';
import { aTenant } from '../support/tenant-builders';
import { inActivity } from './stage';

const SAID: readonly EarlierMessage[] = [
  { from: 'user', text: 'I am ada@example.com' },
  { from: 'bot', text: 'Hello ada@example.com, how can I help?' },
];
const ask = { tenant: 'acme', bot: 'bot', conversationId: 'c1' };

function reading(tenant: ReturnType<typeof aTenant>): Promise<readonly EarlierMessage[]> {
  const accounts = {
    botSide: () => ({ readTranscript: () => Promise.resolve(SAID) }),
  } as unknown as Accounts;
  const read = createReadTranscript({ accounts, configuration: { tenants: { acme: tenant } } });
  return inActivity(() => read(ask));
}

it('is masked as the tenant wants it written down', async () => {
  const masking = { cardNumbers: false, emails: true, phones: false, patterns: [] };

  expect(await reading({ ...aTenant(), masking })).toEqual([
    { from: 'user', text: 'I am [e-mail]' },
    { from: 'bot', text: 'Hello [e-mail], how can I help?' },
  ]);
});

it('is left as it is where the tenant masks nothing', async () => {
  expect(await reading(aTenant())).toEqual(SAID);
});
