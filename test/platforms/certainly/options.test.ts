// What a Certainly bot may say in the configuration, and what is found wrong with it before anything is called.
import type { BotConfiguration } from '../../../domain/configuration';
import { aBot, botSide, secret } from './builders';

function faultsOf(bot: BotConfiguration): readonly string[] {
  return botSide.checkBot(bot).map(({ path }) => path.join('.'));
}

test('takes a bot with one integration, and one with an integration for each module', () => {
  expect(faultsOf(aBot())).toEqual([]);
  expect(faultsOf(aBot({ integration: undefined, integrationByModule: { 17: 'to-billing' } }))).toEqual([]);
});

test('takes public https without leave for private addresses', () => {
  expect(faultsOf(aBot({}, { allowPrivateNetwork: false }))).toEqual([]);
});

test.each([
  ['without a deployment', aBot({ deploymentId: undefined }), ['options.deploymentId']],
  ['whose deployment would lead elsewhere in a URL', aBot({ deploymentId: '..' }), ['options.deploymentId']],
  ['that does not say how webhooks prove themselves', aBot({ webhooks: undefined }), ['options.webhooks']],
  [
    'whose webhooks have half a proof',
    aBot({ webhooks: { authentication: 'basic', username: 'certainly' } }),
    ['options.webhooks.password'],
  ],
  ['without an integration', aBot({ integration: undefined }), ['options.integration']],
  ['with an option that is not known', aBot({ deployment: 'dep-1' }), ['options']],
  ['with a word for an ending that there is none', aBot({ claimEnd: { lost: 'x' } }), ['options.claimEnd']],
  [
    'on an address without leave',
    aBot({ baseUrl: 'http://127.0.0.1:9' }, { allowPrivateNetwork: false }),
    ['options.baseUrl'],
  ],
  [
    'that hears of its endings elsewhere',
    aBot({}, { notices: { kind: 'webhook', url: 'https://bot.example/n', secret: secret('whsec_x') } }),
    ['notices'],
  ],
] satisfies [string, BotConfiguration, string[]][])('refuses a bot %s', (_, bot, paths) => {
  expect(faultsOf(bot)).toEqual(paths);
});

test('names no secret in a fault', () => {
  const webhooks = { authentication: 'bearer', token: secret('very-secret'), tokens: secret('very-secret') };

  expect(JSON.stringify(botSide.checkBot(aBot({ webhooks })))).not.toContain('very-secret');
});
