// Transfers that bots ask for: to other bots, and to nobody; and what happens where a bot does not work.
import type { BotSpec } from '../../platforms/einstein-bots/simulator';
import { PRESET_BOTS, PRESET_ORGS } from '../../platforms/einstein-bots/simulator';
import { createBotSessionStage, type BotSessionStage, type Conversation } from '../support/bot-session-stage';

const BOT = 'Salesforce:Core:Bot:Id';
const DEFAULT_RESPONSE = 'I cannot help you right now. Please call us.';

let stage: BotSessionStage;

beforeAll(async () => {
  stage = await createBotSessionStage();
}, 120_000);

afterAll(() => stage?.close());

const untilReads = (user: Conversation, text: string): Promise<readonly string[]> =>
  stage.until(`the user to read ${text}`, async () => {
    const read = await user.read();
    return read.at(-1) === text && read;
  });

/** A bot that passes the user on to another one as soon as they write. */
function aPassingBot(id: string, name: string, next: string): BotSpec {
  return {
    id,
    name,
    delayMs: 0,
    dialogs: {
      welcome: [{ kind: 'say', text: `${name} here.` }],
      pass: [{ kind: 'escalate', targets: [{ type: BOT, value: next }] }],
      noAgent: [{ kind: 'say', text: `${name} stays with you.` }],
    },
    confused: 'pass',
  };
}

describe('bots that pass the user on', () => {
  const one = '0Xx5e000000TcH1CAS';
  const two = '0Xx5e000000TcH2CAS';

  test('one after the other go on until the loop budget is spent: then the last one hears an error', async () => {
    const first = aPassingBot(one, 'One', two);
    await stage.einstein.bot(PRESET_ORGS.acme, aPassingBot(two, 'Two', one));
    await stage.play({ spec: first, options: { maxHops: 2 }, record: 'bot-session-chain' }, async (user) => {
      await user.says('hello');
      await untilReads(user, 'One here.');
      await user.says('next');
      await untilReads(user, 'Two here.');
      await user.says('next');
      await untilReads(user, 'One here.');
      expect(await user.status()).toMatchObject({ phase: 'talking', hops: 2 });
      await user.says('next');
      await untilReads(user, 'One stays with you.');
      expect(await user.status()).toMatchObject({ phase: 'talking', hops: 2 });
      const ended = (await stage.sessionsOf(user)).map(({ ended: end }) => end?.reason);
      expect(ended).toEqual(['Transfer', 'Transfer', undefined]);
    });
  });

  test('at once, one after the other, are stopped by the loop budget', async () => {
    await stage.play(
      { bot: 'ping', options: { maxHops: 3 }, record: 'bot-session-ping-pong' },
      async (user) => {
        await user.says('hello');
        await stage.until('the loop budget', async () => (await user.status()).hops === 3);
        const ended = (await stage.sessionsOf(user)).map(({ ended: end }) => end?.reason);
        expect(ended.slice(0, 3)).toEqual(['Transfer', 'Transfer', 'Transfer']);
        expect(ended).toHaveLength(4);
      },
    );
  });

  test('reach a bot of another organisation with that organisation’s account, and every variable as what it was', async () => {
    await stage.play(
      {
        bot: 'shop',
        integration: { requestedTargets: { bot: 'globex-bots' } },
        record: 'bot-session-two-organisations',
      },
      async (user) => {
        await user.says('Hello');
        await stage.until('the welcome', async () => (await user.read()).length === 2);
        await user.says('track it');
        const texts = await untilReads(user, 'Order A-1001 is on its way.');
        expect(texts.at(-2)).toBe('Order Bot here: 10 pieces of order A-1001 for USD 10.40.');
        expect(await user.status()).toMatchObject({ connector: 'globex-bots', botId: PRESET_BOTS.order });
        const [shop, order] = await stage.sessionsOf(user);
        expect(order).toMatchObject({ orgId: PRESET_ORGS.globex });
        expect(order?.passed).toContainEqual({
          name: 'Contact',
          type: 'object',
          value: [{ name: 'fullName', type: 'text', value: 'Matt Smith' }],
        });
        expect(order?.referrers).toEqual([
          { type: 'Salesforce:Core:Bot:Id', value: PRESET_BOTS.shop },
          { type: 'Salesforce:BotRuntime:Session:Id', value: shop?.id },
        ]);
      },
    );
  });
});

describe('a transfer that comes to nothing', () => {
  test('is followed by the next one that the bot asks for, in the same escalation', async () => {
    await stage.play(
      { bot: 'persistent', integration: { responseTimeoutMs: 1_000 }, record: 'bot-session-asks-again' },
      async (user) => {
        await user.says('hello');
        await untilReads(user, 'Hi. I do not give up easily.');
        await user.says('a human please');
        const last = 'The second team is away as well. Please try again tomorrow.';
        const texts = await untilReads(user, last);
        expect(texts.slice(-3)).toEqual([
          'I will ask the first team.',
          'The first team is away. I will ask the second one.',
          last,
        ]);
        const { attempts } = await user.escalation().query<{ attempts: unknown[] }>('status');
        expect(attempts).toHaveLength(2);
      },
    );
  });

  test.each([
    ['without a target', 'none'],
    ['to a target that nobody knows', 'unknown'],
  ] as const)('%s is an error for the bot, and only the bot answers', async (_what, bot) => {
    await stage.play({ bot }, async (user) => {
      await user.says('hello');
      await user.reads(1);
      await user.says('help');
      const texts = await untilReads(user, 'Nobody is available right now. I am still here.');
      expect(texts.slice(1)).toEqual([
        'One moment, please.',
        'Nobody is available right now. I am still here.',
      ]);
      const { requests } = await stage.einstein.state();
      const failed = requests.findLast(({ kinds }) => kinds.includes('transferFailed'));
      expect(JSON.stringify(failed)).toContain('"reason":"Error"');
    });
  });

  test('loses nothing that the user wrote meanwhile: the bot hears it then', async () => {
    await stage.omni.setAgent({
      username: 'ada@acme.example',
      queues: ['Customer_Support_Queue'],
      presence: 'offline',
    });
    await stage.play(
      { bot: 'support', integration: { responseTimeoutMs: 4_000 }, record: 'bot-session-waits' },
      async (user) => {
        await user.says('I need a human');
        await user.becomes('handing_off');
        await user.says('My number is 4711.');
        await stage.until('thanks', async () => (await user.read()).at(-1)?.startsWith('Thank you'));
        const [session] = await stage.sessionsOf(user);
        expect(session?.variables).toContainEqual({
          name: 'message',
          type: 'text',
          value: 'My number is 4711.',
        });
        expect(await user.story()).not.toContain('forwarded');
      },
    );
  });

  test('of a bot without a No Agent dialog ends with the default response', async () => {
    await stage.play(
      { bot: 'stubborn', integration: { responseTimeoutMs: 1_000 }, record: 'bot-session-not-configured' },
      async (user) => {
        await user.says('hello');
        await user.reads(1);
        await user.says('help');
        await untilReads(user, DEFAULT_RESPONSE);
        expect(await user.becomes('over')).toMatchObject({ phase: 'over' });
        expect(await user.story()).toContain('ended_by_bot');
      },
    );
  });

  test('again and again, without a word of the user, is given up', async () => {
    const id = '0Xx5e000000TeVrCAS';
    const spec: BotSpec = {
      id,
      name: 'Eternal',
      delayMs: 0,
      dialogs: {
        welcome: [{ kind: 'say', text: 'Eternal here.' }],
        pass: [{ kind: 'escalate', targets: [] }],
        noAgent: [{ kind: 'goTo', dialog: 'pass' }],
      },
      confused: 'pass',
    };
    await stage.play({ spec }, async (user) => {
      await user.says('hello');
      await untilReads(user, 'Eternal here.');
      await user.says('help');
      await untilReads(user, DEFAULT_RESPONSE);
      await user.becomes('over');
      expect((await user.story()).filter((event) => event === 'escalation_asked')).toHaveLength(5);
    });
  });
});

describe('a bot that does not work', () => {
  test('is replaced by whoever is on the ladder for errors; the reason is told', async () => {
    await stage.omni.setAgent({
      username: 'eve@acme.example',
      queues: ['Second_Queue'],
      behaviour: { kind: 'accept', afterMs: 10 },
    });
    const rung = {
      connector: 'omni',
      target: { kind: 'queue' as const, id: 'Second_Queue' },
      onlyIfAvailable: false,
    };
    await stage.play(
      {
        bot: 'fragile',
        integration: { agentSkillId: 'Nobody_Here', responseTimeoutMs: 2_000, furtherRungs: [rung] },
        record: 'bot-session-on-error',
      },
      async (user) => {
        await user.says('hello');
        await user.reads(1);
        await user.says('anything');
        const status = await user.becomes('handed_off');
        expect(status.reason).toBe('error');
        expect((await user.read()).slice(1)).toEqual(['Something went wrong.']);
      },
    );
  });

  test('and for which nobody can take over leaves the default response', async () => {
    await stage.play({ bot: 'circular' }, async (user) => {
      await user.says('hello');
      await user.reads(1);
      await user.says('why?');
      await untilReads(user, DEFAULT_RESPONSE);
      await user.becomes('over');
    });
  });

  test('and refuses what it is told is not asked again: the user is answered', async () => {
    await stage.play({ bot: 'support' }, async (user) => {
      await stage.einstein.fault({ kind: 'status', status: 422, on: 'start' });
      await user.says('hello');
      await untilReads(user, DEFAULT_RESPONSE);
      await user.becomes('over');
    });
  });
});
