// Conversations with a bot in which nothing happens for long: when they end, and that a long one goes on in another run.
import { createBotSessionStage, type BotSessionStage } from '../support/bot-session-stage';

const DAY_MS = 24 * 3_600_000;

let stage: BotSessionStage;

beforeAll(async () => {
  stage = await createBotSessionStage();
}, 120_000);

afterAll(() => stage?.close());

describe('a conversation', () => {
  test('without a word for three days expires', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-expires' }, async (user) => {
      await user.says('hello');
      await user.becomes('talking');
      await stage.pass(3 * DAY_MS - 60_000);
      expect((await user.handle().describe()).status.name).toBe('RUNNING');
      await stage.pass(120_000);
      await stage.until('the end', async () => (await user.handle().describe()).status.name === 'COMPLETED');
      const [session] = await stage.sessionsOf(user);
      expect(session?.ended).toEqual({ by: 'client', reason: 'Expiration' });
    });
  });

  test('that is over is kept for a quarter of an hour; a later message begins another', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-lingers' }, async (user) => {
      await user.says('hello');
      await user.becomes('talking');
      await user.leaves();
      await user.becomes('over');
      await stage.pass(14 * 60_000);
      await user.says('hello', { id: 'u1' });
      expect((await user.status()).phase).toBe('over');
      await stage.pass(2 * 60_000);
      await stage.until('the end', async () => (await user.handle().describe()).status.name === 'COMPLETED');
    });
  });
});
