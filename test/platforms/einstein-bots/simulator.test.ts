// The simulated runtime keeps the vendor's rules: sessions from start to end, and the walk-through of two bots.
import { PRESET_BOTS } from '../../../platforms/einstein-bots/simulator';
import { openStage, wordsOf } from './simulator-builders';
import type { Stage } from './simulator-builders';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('walks a user through the Variables Bot to the VariablesReceiver Bot, which greets with the three values', async () => {
  const started = await stage.start(PRESET_BOTS.variables, { message: { text: 'Hello' } });
  const { sessionId } = started.body;
  const asked = await stage.say(sessionId, { type: 'text', sequenceId: 1, text: 'Ada' });
  await stage.say(sessionId, { type: 'text', sequenceId: 2, text: 'ada@example.com' });
  const escalated = await stage.say(
    sessionId,
    { type: 'text', sequenceId: 3, text: 'Engines' },
    { responseOptions: { variables: { include: true, onlyChanged: false } } },
  );

  expect(started.status).toBe(200);
  expect(wordsOf(started)).toEqual(['Hi! I am the Variables Bot.', 'What is your name?']);
  expect(wordsOf(asked)).toEqual(['What is your email address?']);
  expect(escalated.body.messages).toEqual([
    {
      type: 'escalate',
      id: expect.any(String),
      targets: [{ type: 'Salesforce:Core:Bot:Id', value: PRESET_BOTS.receiver }],
      schedule: { responseDelayMilliseconds: 0 },
    },
  ]);
  expect(escalated.body.variables).toEqual([
    { name: 'name', type: 'text', value: 'Ada' },
    { name: 'email', type: 'text', value: 'ada@example.com' },
    { name: 'company', type: 'text', value: 'Engines' },
    { name: 'VariableReceiver', type: 'text', value: PRESET_BOTS.receiver },
  ]);

  const received = await stage.start(PRESET_BOTS.receiver, { variables: escalated.body.variables });
  expect(wordsOf(received)).toEqual([
    'Hi Ada! I have received what you told the Variables Bot.',
    'Email: ada@example.com, company: Engines.',
  ]);

  const [{ id } = { id: '' }] = escalated.body.messages;
  const told = await stage.say(sessionId, {
    type: 'transferSucceeded',
    sequenceId: 4,
    inReplyToMessageId: id,
  });
  const ended = await stage.end(sessionId, 'Transfer');
  expect([told.status, told.body.messages]).toEqual([200, []]);
  expect(ended.body.messages).toEqual([
    expect.objectContaining({ type: 'sessionEnded', reason: 'ClientRequest' }),
  ]);
  expect((await stage.control.session(sessionId)).ended).toEqual({ by: 'client', reason: 'Transfer' });
});
