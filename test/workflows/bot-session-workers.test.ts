// A conversation with a bot, while the workers that carry it out are lost one after the other.
import { createBotSessionStage, type BotSessionStage } from '../support/bot-session-stage';

let stage: BotSessionStage;

beforeAll(async () => {
  stage = await createBotSessionStage({ forgetful: true });
}, 120_000);

afterAll(() => stage?.close());

test('a conversation goes on through the loss of its worker at any moment', async () => {
  await stage.play({ bot: 'variables', record: 'bot-session-workers' }, async (user) => {
    for (const text of ['hello', 'Ada', 'ada@example.com', 'Example Inc']) {
      await user.says(text);
      await stage.replaceWorker();
    }
    const texts = await user.reads(6);
    expect(new Set(texts).size).toBe(6);
    expect(texts.at(-1)).toBe('Email: ada@example.com, company: Example Inc.');
  });
}, 180_000);
