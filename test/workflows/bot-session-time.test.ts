// Conversations with a bot in which nothing happens for long: when they end, and that a long one goes on in another run.
import { PRESET_BOTS } from '../../platforms/einstein-bots/simulator';
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

  test('that is long goes on in another run, which knows what was said in the one before', async () => {
    await stage.play({ bot: 'receiver' }, async (user) => {
      await user.says('hello', { id: 'first' });
      await user.becomes('talking');
      const before = await user.handle().describe();
      // Signals that come twice make a history long, and nothing else.
      for (let batch = 0; batch < 45; batch += 1)
        await Promise.all(Array.from({ length: 100 }, () => user.says('hello', { id: 'first' })));
      await user.says('one more', { id: 'second' });
      await stage.until('another run', async () => (await user.handle().describe()).runId !== before.runId);
      await user.says('hello', { id: 'first' });
      await user.says('and another', { id: 'third' });
      await stage.until('both answers', async () => (await user.read()).length === 4);
      const [session, ...others] = await stage.sessionsOf(user);
      expect(others).toEqual([]);
      const said = session?.said.filter(({ from }) => from === 'user').map(({ text }) => text);
      expect(said).toEqual(['hello', 'one more', 'and another']);
      expect(await user.status()).toMatchObject({ phase: 'talking', sequence: 2 });
    });
  }, 180_000);

  test('that is handed over once more after it is over waits for no outcome that was told long ago', async () => {
    await stage.play({ bot: 'support', record: 'bot-session-known' }, async (user) => {
      const turn = {
        session: { generation: 1 },
        said: [],
        escalates: { messageId: 'asked-once', targets: [] },
      };
      const handed = { turn, botId: PRESET_BOTS.support, sequence: 3 };
      await user.handsOver(handed);
      await user.becomes('over');
      await stage.pass(16 * 60_000);
      await stage.until('the end', async () => (await user.handle().describe()).status.name === 'COMPLETED');
      await user.escalationEnds();

      await user.handsOver(handed);
      await user.becomes('idle');

      expect(await user.story()).toEqual([
        'handed_over',
        'escalation_asked',
        'not_waited_for',
        'session_ended',
      ]);
      expect(await stage.sessionsOf(user)).toEqual([]);
    });
  });
});
