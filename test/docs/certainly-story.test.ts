// `npm start -- --demo certainly`, which the page of the platform names, as it stands but for its ports: a user with one
// chat on one connection, an agent, a worker that is killed between their lines, and the bot that goes on.
import { DIALOGUE, type Side } from '../../cli/start/actors/dialogue';
import { playDemo, type DemoStory } from '../support/demo-story';
import { withoutRepeats } from '../../cli/start/actors/without-repeats';
import { read } from './markdown';

let story: DemoStory;

beforeAll(async () => {
  story = await playDemo('certainly');
}, 150_000);

function saidBy(side: Side): string[] {
  return DIALOGUE.filter(({ from }) => from === side).map(({ text }) => text);
}

it('is named by the page of the platform', () => {
  expect(read('docs/platforms/certainly.md')).toContain('`npm start -- --demo certainly`');
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

it('passes its milestones in order', () => {
  const milestones = [
    'bot.listen',
    'worker.killed',
    'worker.started',
    'bot.normal',
    'transcripts.equal',
    'demo.passed',
  ];

  expect(story.eventsAmong(milestones)).toEqual(milestones);
});
