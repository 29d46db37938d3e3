// `npm start -- --demo relay`: a bot behind a webhook, a visitor and an agent, and transcripts that are equal.
import { tellsOfATalk } from './talk-story';

const story = tellsOfATalk({
  demo: 'relay',
  page: 'README.md',
  milestones: [
    'bot.asks',
    'escalation.connected',
    'worker.killed',
    'worker.started',
    'escalation.returned',
    'transcripts.equal',
    'demo.passed',
  ],
});

it('kills the worker and starts another while both write', () => {
  const events = story().lines.map(({ event }) => event);
  const outage = events.slice(events.indexOf('worker.killed'), events.indexOf('worker.started'));

  expect(outage).toEqual(expect.arrayContaining(['user.wrote', 'agent.wrote']));
});
