// `npm start -- --demo bot-to-bot`, which README.md and the page of the platform name, as it stands but for its ports: a
// thin chat client, three bots in sessions that Baton keeps, a queue, and a worker that is killed while the user writes.
import { TALKS } from '../../cli/start/actors/talks';
import { playDemo, type DemoStory } from '../support/demo-story';
import { read } from './markdown';

let story: DemoStory;

beforeAll(async () => {
  story = await playDemo('bot-to-bot');
}, 180_000);

it.each(['README.md', 'docs/platforms/einstein-bots.md'])('is named by %s', (page) => {
  expect(read(page)).toContain('`npm start -- --demo bot-to-bot`');
});

it('ends well, and says so', () => {
  expect([story.code, story.errors]).toEqual([0, expect.stringContaining('all ready')]);
  expect(story.lines.at(-1)).toMatchObject({ event: 'demo.passed' });
});

it('shows the user every word of the bots once and in order, the greeting with the three values among them', () => {
  const { introduction, support } = TALKS;

  expect(story.told('user.wrote')).toEqual([...introduction.lines, ...support.lines].map(({ text }) => text));
  expect(story.told('user.read')).toEqual([...introduction.reads, ...support.reads]);
});

it('begins the session of the receiver with what the first bot was told, and no other session twice', () => {
  expect(story.told('bot.begins')).toEqual([
    '',
    'name = Ada, email = ada@example.com, company = Example Ltd',
    '',
  ]);
});

it('tells each bot that hands over that it succeeded, and ends its session for that', () => {
  expect(story.told('bot.told')).toEqual(['transferSucceeded', 'transferSucceeded']);
  expect(story.told('bot.ended')).toEqual(['Transfer', 'Transfer']);
});

it('takes what the user writes while there is no worker', () => {
  const names = story.lines.map(({ event }) => String(event));
  const outage = names.slice(names.indexOf('worker.killed'), names.indexOf('worker.started'));

  expect(outage).toContain('user.wrote');
});

it('passes its milestones in order', () => {
  // What a session tells and what an escalation tells are shown as they are found.
  const ofSession = ['worker.killed', 'worker.started', 'escalation_asked', 'bot_took_over', 'demo.passed'];
  const ofEscalations = ['worker.killed', 'worker.started', 'queued', 'connected', 'demo.passed'];

  expect(story.eventsAmong(ofSession)).toEqual([
    'worker.killed',
    'worker.started',
    'escalation_asked',
    'bot_took_over',
    'escalation_asked',
    'demo.passed',
  ]);
  expect(story.eventsAmong(ofEscalations)).toEqual([
    'worker.killed',
    'worker.started',
    'connected',
    'queued',
    'connected',
    'demo.passed',
  ]);
});
