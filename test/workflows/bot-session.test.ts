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
