import type { BotConfiguration, ConnectorConfiguration } from '../../../domain/configuration';
import { checkBot, checkConnector } from '../../../platforms/liveperson/connector-options';

const connector: ConnectorConfiguration = {
  platform: 'liveperson',
  account: '2344566',
  credentials: { username: 'bot', password: { reveal: () => 'pw' } },
  options: {},
  timeouts: { requestMs: 1, connectMs: 1, heartbeatMs: 1 },
  allowPrivateNetwork: false,
};
const bot: BotConfiguration = {
  platform: 'liveperson',
  options: {},
  notices: { kind: 'signal', workflowId: 'w', signal: 's' },
  retryWindowMs: 1,
  allowPrivateNetwork: false,
};

const paths = (overrides: Partial<ConnectorConfiguration>): string[] =>
  checkConnector({ ...connector, ...overrides }).map(({ path }) => path.join('.'));

describe('the check of a connector', () => {
  it('finds nothing in a good one', () => {
    expect(paths({})).toEqual([]);
    expect(paths({ credentials: { username: 'bot', appKey: 'k', secret: { reveal: () => 's' } } })).toEqual(
      [],
    );
    expect(paths({ options: { host: '127.0.0.1:1', scheme: 'http' }, allowPrivateNetwork: true })).toEqual(
      [],
    );
  });

  it.each<[string, Partial<ConnectorConfiguration>, string[]]>([
    ['an account that is no number', { account: 'shop' }, ['account']],
    ['no user name', { credentials: { password: 'p' } }, ['credentials.username']],
    ['no password and no key', { credentials: { username: 'b' } }, ['credentials.password']],
    ['a key without its secret', { credentials: { username: 'b', appKey: 'k' } }, ['credentials.secret']],
    ['plain http on the internet', { options: { scheme: 'http' } }, ['options.scheme']],
    ['an unknown option', { options: { hots: 'x' } }, ['options']],
    ['a fallback skill by name', { fallbackSkillId: 'Service' }, ['fallbackSkillId']],
    ['several faults at once', { account: 'x', fallbackSkillId: 'y' }, ['account', 'fallbackSkillId']],
  ])('finds %s', (_what, overrides, expected) => {
    expect(paths(overrides)).toEqual(expected);
  });

  it('names no secret in what it finds', () => {
    const faults = checkConnector({ ...connector, credentials: { username: 'b', appKey: 'very-secret' } });

    expect(JSON.stringify(faults)).not.toContain('very-secret');
  });
});

describe('the check of a bot', () => {
  it('asks for no endpoint when notices go elsewhere', () => {
    expect(checkBot(bot)).toEqual([]);
  });

  it('asks for the custom endpoint when notices are in LivePerson words', () => {
    const faults = checkBot({ ...bot, notices: { kind: 'platform' } });

    expect(faults.map(({ path }) => path.join('.'))).toEqual(['options.endpoint', 'options.botId']);
  });

  it('finds an endpoint that is no web address', () => {
    const options = { endpoint: 'ftp://bot', botId: 'b' };

    expect(checkBot({ ...bot, options }).map(({ path }) => path.join('.'))).toEqual(['options.endpoint']);
  });
});
