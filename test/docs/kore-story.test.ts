// `npm start -- --demo kore`: a user with one chat window, an agent at Live Agent, and the bot that goes on.
import { tellsOfATalk } from './talk-story';

const story = tellsOfATalk({
  demo: 'kore',
  page: 'docs/platforms/kore.md',
  milestones: [
    'bot.startAgentSession',
    'agent.context',
    'worker.killed',
    'worker.started',
    'bot.clearAgentSession',
    'transcripts.equal',
    'demo.passed',
  ],
  mayRepeat: true,
});

it('tells the agent what user and bot have said before, and the bot what the user says after', () => {
  expect(story().told('user.asks')).toEqual([
    'Hello!',
    'I want a human, please.',
    'That was a nice colleague.',
  ]);
  expect(story().told('agent.context')).toEqual([expect.stringContaining('Bot: You said: Hello!')]);
  expect(story().told('bot.says')).toEqual([
    'You said: Hello!',
    'One moment.',
    'You said: That was a nice colleague.',
  ]);
});
