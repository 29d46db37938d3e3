// What a bot on Kore.ai may say, and what is found wrong with it before anything is sent.
import type { BotConfiguration } from '../../../domain/configuration';
import { aSecret } from '../../support/tenant-builders';
import { aKoreBot, aRequest, botSide, messagePayload, read } from './builders';

const faultsOf = (options: object, with_: Partial<BotConfiguration> = {}): readonly string[] =>
  botSide.checkBot(aKoreBot(options as Record<string, unknown>, with_)).map(({ path }) => path.join('.'));

it('takes what it needs, and all that it may be told', () => {
  expect(faultsOf({})).toEqual([]);
  expect(
    faultsOf({
      clientSecret: aSecret(),
      previousClientSecret: aSecret(),
      jwtAlgorithm: 'HS512',
      host: ['https://bots.kore.ai', 'https://kore.example.com:8443'],
      integrations: { Agent: 'to-sales' },
      liveAgentTemplate: true,
      noAgentsMessage: 'nobody',
      noAgentsMessageTo: 'user',
      transcriptLines: 100,
    }),
  ).toEqual([]);
});

it.each<[string, object, readonly string[]]>([
  ['no bot', { botId: undefined }, ['options.botId']],
  ['a bot id that BotKit would not take', { botId: 'st-1' }, ['options.botId']],
  ['no app', { appId: '' }, ['options.appId']],
  ['no secret', { clientSecret: undefined }, ['options.clientSecret']],
  ['an algorithm by key pair', { jwtAlgorithm: 'RS256' }, ['options.jwtAlgorithm']],
  ['no integration', { integration: undefined }, ['options.integration']],
  ['a host without TLS', { host: 'http://bots.kore.ai' }, ['options.host']],
  ['a host with a path', { host: ['https://bots.kore.ai/api'] }, ['options.host']],
  ['an option that is not known', { baseUrl: 'https://bots.kore.ai' }, ['options']],
  ['too long a transcript', { transcriptLines: 101 }, ['options.transcriptLines']],
])('finds fault with %s', (_, options, faults) => {
  expect(faultsOf(options)).toEqual(faults);
});

it('wants notices in its own words: who would give the conversation back?', () => {
  const notices = { kind: 'signal', workflowId: 'w', signal: 's' } as const;

  expect(faultsOf({}, { notices })).toEqual(['notices']);
});

it('refuses to work with faults', () => {
  expect(() => read(aRequest('on_user_message', messagePayload()), aKoreBot({ appId: '' }))).toThrow(
    /options\.appId/,
  );
});

it('promises what keeps a handed-off conversation alive', () => {
  const { needsConnector, deliversNotices, ownProgress, extendEveryMs, readsTranscript } = botSide;

  expect({ needsConnector, deliversNotices, ownProgress, extendEveryMs, readsTranscript }).toEqual({
    needsConnector: false,
    deliversNotices: true,
    ownProgress: ['accepted'],
    extendEveryMs: 240_000,
    readsTranscript: true,
  });
});
