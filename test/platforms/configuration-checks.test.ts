// What platforms say of a configuration before anything is started.
import type { BotConfiguration } from '../../domain/configuration';
import { PLATFORMS } from '../../platforms';
import { configurationChecks } from '../../platforms/configuration-checks';
import { aBot, aConnector, aSecret } from '../support/tenant-builders';

const checks = configurationChecks(PLATFORMS);

describe('the checks of the platforms', () => {
  it('let pass what its platform takes', () => {
    const credentials = { username: 'baton', password: aSecret() };

    expect(checks.checkPlatform('connector', 'liveperson', aConnector({ credentials }))).toEqual([]);
    expect(checks.checkPlatform('bot', 'liveperson', aBot())).toEqual([]);
  });

  it('give back the faults of the platform', () => {
    const faults = checks.checkPlatform('connector', 'liveperson', aConnector({ account: 'acme' }));

    expect(faults.map((fault) => fault.path.join('.'))).toEqual(['account']);
  });

  it.each(['livepersn', 'constructor', '__proto__', ''])(
    'refuse the platform %j and name those there are',
    (name) => {
      for (const kind of ['bot', 'connector'] as const) {
        const value = kind === 'bot' ? aBot({ platform: name }) : aConnector({ platform: name });

        const [fault] = checks.checkPlatform(kind, name, value);

        expect(fault?.path).toEqual(['platform']);
        expect(fault?.remedy).toContain('`liveperson`');
      }
      expect(checks.targetForm(name, 'skill', '1')).toBe('unknown_platform');
    },
  );

  it('want a connector for a bot whose platform posts with an account', () => {
    const { connector: _, ...bot } = aBot();

    expect(checks.checkPlatform('bot', 'liveperson', bot).map((fault) => fault.path)).toEqual([
      ['connector'],
    ]);
  });

  it('refuse notices in the words of a platform that has none', () => {
    const bot = aBot({ platform: 'webhook', notices: { kind: 'platform' } });

    expect(checks.checkPlatform('bot', 'webhook', bot).map((fault) => fault.path)).toContainEqual([
      'notices',
    ]);
  });

  it('want the outcome told in its session to a bot that Baton speaks to', () => {
    const options = {
      botId: '0Xx5e000000TgkXCAS',
      integration: 'from-the-bot',
      url: 'https://chat.example/baton',
      secret: aSecret(`whsec_${Buffer.alloc(32, 3).toString('base64')}`),
    };
    const bot = aBot({ platform: 'einstein-bots', options });

    expect(checks.checkPlatform('bot', 'einstein-bots', bot).map((fault) => fault.path)).toEqual([
      ['notices'],
    ]);
    const told = { ...bot, notices: { kind: 'platform' } } as const;
    expect(checks.checkPlatform('bot', 'einstein-bots', told)).toEqual([]);
  });

  it.each([
    ['a secret that is none', { secret: aSecret('whsec_c2hvcnQ=') }, 'notices.webhook.secret'],
    ['a previous secret that is none', { previousSecret: aSecret('old') }, 'notices.webhook.previousSecret'],
    ['a URL that would be refused', { url: 'http://bot.example/notices' }, 'notices.webhook.url'],
    ['a URL at a private address', { url: 'https://10.0.0.1/notices' }, 'notices.webhook.url'],
  ])('refuse notices with %s, whatever the platform of the bot', (_what, change, path) => {
    const { notices } = aBot();
    const bot = aBot({ notices: { ...notices, ...change } as BotConfiguration['notices'] });

    const faults = checks.checkPlatform('bot', 'liveperson', bot);

    expect(faults.map((fault) => fault.path.join('.'))).toEqual([path]);
    expect(JSON.stringify(faults)).not.toContain('c2hvcnQ');
  });

  it('let pass plain notices to a host that is private by name', () => {
    const notices = {
      ...aBot().notices,
      url: 'http://bot.internal:8080/notices',
    } as BotConfiguration['notices'];

    expect(
      checks.checkPlatform('bot', 'liveperson', aBot({ notices, privateHosts: ['bot.internal'] })),
    ).toEqual([]);
    expect(
      checks.checkPlatform('bot', 'liveperson', aBot({ notices, privateHosts: ['other.internal'] })),
    ).toHaveLength(1);
  });

  it('know which desk can take over which bot’s conversations', () => {
    expect(checks.canTakeOver('liveperson', 'liveperson')).toBe(true);
    expect(checks.canTakeOver('webhook', 'liveperson')).toBe(true);
    expect(checks.canTakeOver('kore', 'liveperson')).toBe(false);
    expect(checks.canTakeOver('certainly', 'liveperson')).toBe(false);
    expect(checks.canTakeOver('kore', 'salesforce-messaging')).toBe(true);
    expect(checks.canTakeOver('nobody', 'liveperson')).toBe(true);
  });

  it('know an id by its form', () => {
    expect(checks.targetForm('liveperson', 'skill', '4711')).toBe('valid');
    expect(checks.targetForm('liveperson', 'skill', 'returns')).toBe('invalid');
  });
});
