// `npm start -- --demo certainly`: a user with one chat on one connection, and the bot that goes on.
import { tellsOfATalk } from './talk-story';

tellsOfATalk({
  demo: 'certainly',
  page: 'docs/platforms/certainly.md',
  milestones: [
    'bot.listen',
    'worker.killed',
    'worker.started',
    'bot.normal',
    'transcripts.equal',
    'demo.passed',
  ],
  mayRepeat: true,
});
