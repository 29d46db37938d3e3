// Every bot side against its simulator, by the suite that all of them pass.
import { PLATFORMS } from '../../platforms';
import { BOT_SIDE_HARNESSES } from '../support/bot-side-stages';
import { describeBotSideConformance } from './bot-side-conformance';

const NAMES = Object.entries(PLATFORMS).flatMap(([name, { botSide }]) => (botSide ? [name] : []));

it.each(NAMES)('has a harness of the suite for the bot side of %s', (name) => {
  // Missing: write one in test/support/bot-side-stages and list it in the index there.
  expect(Object.keys(BOT_SIDE_HARNESSES)).toContain(name);
});

it('has none of a bot side that is not there', () => {
  expect(NAMES).toEqual(expect.arrayContaining(Object.keys(BOT_SIDE_HARNESSES)));
});

for (const harness of Object.values(BOT_SIDE_HARNESSES)) describeBotSideConformance(harness);
