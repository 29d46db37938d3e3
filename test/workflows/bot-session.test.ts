// A conversation with a bot that Baton speaks to: the pages' examples, from the user's first word to the transfer.
import { createBotSessionStage, type BotSessionStage } from '../support/bot-session-stage';

let stage: BotSessionStage;

beforeAll(async () => {
  stage = await createBotSessionStage();
}, 120_000);

afterAll(() => stage?.close());

test('plays the walk-through of the two bots: the receiver greets with what the first one was told', async () => {
  await stage.play({ bot: 'variables', record: 'bot-session-walk-through' }, async (user) => {
    await user.says('Hello');
    await user.reads(2);
    await user.says('Ada');
    await user.reads(3);
    await user.says('ada@example.com');
    await user.reads(4);
    await user.says('Example Inc');
    const texts = await user.reads(6);
    expect(texts).toEqual([
      'Hi! I am the Variables Bot.',
      'What is your name?',
      'What is your email address?',
      'Which company do you work for?',
      'Hi Ada! I have received what you told the Variables Bot.',
      'Email: ada@example.com, company: Example Inc.',
    ]);
    const status = await user.becomes('talking');
    expect(status).toMatchObject({ phase: 'talking', hops: 1, connector: 'acme-bots' });
  });
});

describe('the Customer Support Queue', () => {
  test('takes the conversation: a Case in the queue, transferSucceeded, and the session ended with Transfer', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-queue' }, async (user) => {
      await stage.omni.setAgent({
        username: 'ada@acme.example',
        queues: ['Customer_Support_Queue'],
        behaviour: { kind: 'accept', afterMs: 10 },
      });
      await user.says('I need a human');
      const { reason } = await user.becomes('handed_off');
      expect(reason).toBe('configured');
      expect((await user.read()).at(-1)).toBe('I will look for somebody who can help.');
      const { records } = await stage.omni.ever({ object: 'Case' });
      const ours = records.filter(({ Description }) => String(Description).includes(user.id));
      expect(ours.map(({ OwnerId }) => OwnerId)).toHaveLength(1);
      const [session] = await stage.sessionsOf(user);
      expect(session).toMatchObject({ ended: { by: 'client', reason: 'Transfer' } });
      expect(session?.said.at(-1)).toMatchObject({ from: 'client' });
      expect(await user.escalationEnds()).toMatchObject({ outcome: { kind: 'connected' } });
    });
  });

  test('takes nobody: the bot hears transferFailed, and its No Agent dialog answers the user', async () => {
    await stage.play(
      { bot: 'support', integration: { responseTimeoutMs: 2_000 }, record: 'bot-session-nobody' },
      async (user) => {
        await stage.omni.setAgent({
          username: 'ada@acme.example',
          queues: ['Customer_Support_Queue'],
          presence: 'offline',
        });
        await user.says('I need a human');
        const texts = await stage.until('the No Agent dialog', async () => {
          const read = await user.read();
          return read.at(-1) === 'Would you like to leave a message?' && read;
        });
        expect(texts.at(-2)).toBe('Nobody is available right now.');
        const { requests } = await stage.einstein.state();
        const failed = requests.findLast(({ kinds }) => kinds.includes('transferFailed'));
        expect(JSON.stringify(failed)).toContain('"reason":"NoAgentAvailable"');
        await user.says('Please call me back');
        await stage.until('thanks', async () => (await user.read()).at(-1)?.startsWith('Thank you'));
        expect(await user.status()).toMatchObject({ phase: 'talking', hops: 0 });
        const [session] = await stage.sessionsOf(user);
        expect(session?.variables).toContainEqual({
          name: 'message',
          type: 'text',
          value: 'Please call me back',
        });
        await stage.pass(700_000);
        expect((await user.read()).at(-1)).toMatch(/^Thank you/);
      },
    );
  });
});
