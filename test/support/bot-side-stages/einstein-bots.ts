// Einstein Bots' bot side: its users are at a client that takes signed webhooks.
import { einsteinBots } from '../../../platforms/einstein-bots';
import { PRESET_BOTS } from '../../../platforms/einstein-bots/simulator';
import { signedHarness } from './webhook';

/** See the file's comment. */
export const einsteinBotsHarness = signedHarness('Einstein Bots', einsteinBots, {
  botId: PRESET_BOTS.support,
  integration: 'to-human',
});
