// `npm start -- --demo relay`, which README.md names, as it stands but for its ports: two people in processes of their
// own, a worker that is killed between their lines, and transcripts that are equal.
import { DIALOGUE, type Side } from '../../cli/start/actors/dialogue';
import { playDemo, type DemoStory } from '../support/demo-story';
import { read } from './markdown';

let story: DemoStory;

beforeAll(async () => {
  story = await playDemo('relay');
}, 150_000);

function saidBy(side: Side): string[] {
  return DIALOGUE.filter(({ from }) => from === side).map(({ text }) => text);
}

function placeOf(event: string): number {
  return story.lines.findIndex((line) => line['event'] === event);
}

it('is named by README.md', () => {
  expect(read('README.md')).toContain('`npm start -- --demo relay`');
});

it('ends well, and says so', () => {
  expect([story.code, story.errors]).toEqual([0, expect.stringContaining('all ready')]);
  expect(story.lines.at(-1)).toMatchObject({ event: 'demo.passed' });
});

it('tells what each side writes and reads: exactly what the other wrote, in its order', () => {
  expect(story.told('user.wrote')).toEqual(saidBy('user'));
  expect(story.told('agent.read')).toEqual(saidBy('user'));
  expect(story.told('agent.wrote')).toEqual(saidBy('agent'));
  expect(story.told('user.read')).toEqual(saidBy('agent'));
});

it('kills the worker and starts another while both write', () => {
  const outage = story.lines
    .slice(placeOf('worker.killed'), placeOf('worker.started'))
    .map(({ event }) => event);

  expect(outage).toEqual(expect.arrayContaining(['user.wrote', 'agent.wrote']));
});

it('passes its milestones in order', () => {
  const milestones = [
    'bot.asks',
    'escalation.connected',
    'worker.killed',
    'worker.started',
    'escalation.returned',
    'transcripts.equal',
    'demo.passed',
  ];

  expect(story.eventsAmong(milestones)).toEqual(milestones);
});
