// Every bot side, ready for the suite that all of them pass.
import type { BotSideHarness } from '../../platforms/bot-side-conformance';
import { certainlyHarness } from './certainly';
import { livePersonHarness } from './liveperson';
import { webhookHarness } from './webhook';

/** By the platform's name in platforms/index.ts. */
export const BOT_SIDE_HARNESSES: Readonly<Record<string, BotSideHarness>> = {
  certainly: certainlyHarness,
  liveperson: livePersonHarness,
  webhook: webhookHarness,
};
