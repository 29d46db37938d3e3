// A notice that comes late to a platform that is told who has the conversation.
import { createDeliverNotice } from '../../activities/notices';
import type { BotSide } from '../../platforms/bot-side';
import { PLATFORMS } from '../../platforms';
import type { Ownership } from '../../domain/ownership';
import { aBot, aTenant } from '../support/tenant-builders';
import { inActivity } from './stage';

const NOTICE = {
  id: 'c/r1/escalation.returned',
  type: 'escalation.returned',
  sequence: 3,
  conversationId: 'c',
  requestId: 'r1',
  attempt: 1,
  epoch: 3,
  at: 0,
} as const;

/** What the bot side of `platform` is told, when the conversation stands so. */
async function told(platform: string, late: boolean, now: Ownership | Error): Promise<number> {
  const heard: unknown[] = [];
  const botSide = {
    deliverNotice: (notice: unknown) => Promise.resolve(void heard.push(notice)),
  } as unknown as BotSide;
  const bot = aBot({ platform, notices: { kind: 'platform' } });
  const deliverNotice = createDeliverNotice({
    configuration: { tenants: { acme: { ...aTenant(), bots: { bot } } } },
    platforms: PLATFORMS,
    accounts: { botSide: () => botSide } as never,
    signalBot: () => Promise.resolve(),
    askForOwner: () => (now instanceof Error ? Promise.reject(now) : Promise.resolve(now)),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
  });
  await inActivity(() =>
    deliverNotice({ tenant: 'acme', bot: 'bot', notice: NOTICE, ...(late && { late }) }),
  );
  return heard.length;
}

const AGAIN: Ownership = { owner: 'baton', epoch: 4 };

test.each<[string, string, boolean, Ownership | Error, number]>([
  ['does not give back what the next handoff has taken', 'certainly', true, AGAIN, 0],
  ['gives back what nobody has taken since', 'certainly', true, { owner: 'bot', epoch: 3 }, 1],
  ['is told if nobody can say how it stands', 'certainly', true, new Error('no worker'), 1],
  ['is told at once without asking', 'certainly', false, AGAIN, 1],
  ['is told where the platform gives nothing back', 'liveperson', true, AGAIN, 1],
])('%s', async (_promise, platform, late, now, times) => {
  expect(await told(platform, late, now)).toBe(times);
});
