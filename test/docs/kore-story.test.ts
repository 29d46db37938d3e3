// `npm start -- --demo kore`, which the page of the platform names, as it stands but for its ports: a user with one chat
// window, an agent at Live Agent, a worker that is killed between their lines, and the bot that goes on.
import { DIALOGUE, type Side } from '../../cli/start/actors/dialogue';
import { playDemo, type DemoStory } from '../support/demo-story';
import { withoutRepeats } from '../../cli/start/actors/without-repeats';
import { read } from './markdown';

let story: DemoStory;

beforeAll(async () => {
  story = await playDemo('kore');
}, 150_000);

function saidBy(side: Side): string[] {
  return DIALOGUE.filter(({ from }) => from === side).map(({ text }) => text);
}

it('is named by the page of the platform', () => {
  expect(read('docs/platforms/kore.md')).toContain('`npm start -- --demo kore`');
});

it('ends well, and says so', () => {
  expect([story.code, story.errors]).toEqual([0, expect.stringContaining('all ready')]);
  expect(story.lines.at(-1)).toMatchObject({ event: 'demo.passed' });
});

it('tells what each side writes and reads: exactly what the other wrote, in its order', () => {
  expect(story.told('user.wrote')).toEqual(saidBy('user'));
  expect(story.told('agent.read')).toEqual(saidBy('user'));
  expect(story.told('agent.wrote')).toEqual(saidBy('agent'));
  expect(withoutRepeats(story.told('user.read'))).toEqual(saidBy('agent'));
});

it('tells the agent what user and bot have said before, and the bot what the user says after', () => {
  expect(story.told('user.asks')).toEqual([
    'Hello!',
    'I want a human, please.',
    'That was a nice colleague.',
  ]);
  expect(story.told('agent.context')).toEqual([expect.stringContaining('Bot: You said: Hello!')]);
  expect(story.told('bot.says')).toEqual([
    'You said: Hello!',
    'One moment.',
    'You said: That was a nice colleague.',
  ]);
});

it('passes its milestones in order', () => {
  const milestones = [
    'bot.startAgentSession',
    'agent.context',
    'worker.killed',
    'worker.started',
    'bot.clearAgentSession',
    'transcripts.equal',
    'demo.passed',
  ];

  expect(story.eventsAmong(milestones)).toEqual(milestones);
});
