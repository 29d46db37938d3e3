// What goes wrong around a chat of a user of a Kore.ai bot with an agent at Live Agent, with the real worker and gateway:
// what the platform forgets, says twice or is not told, and a worker that is killed. The tenant masks e-mail addresses.
import { passageWorkflowId } from '../../domain/ids';
import { historiesOf, record } from '../support/histories';
import { ASKING, NOBODY_CAME, ONE_MOMENT, openKorePage, SECRET, youSaid } from '../support/kore-page';
import type { KorePage, Visit } from '../support/kore-page';
import { replayHistories, textOf } from '../support/scenario';
import { TENANT } from '../support/system-configuration';
import { until } from '../support/until';
import { withoutRepeats } from '../../cli/start/actors/without-repeats';

const DESK = 'salesforce-live-agent';
const SESSIONS = /AgentSession$/;
/** After which the simulated platform forgets, and how long its requests live. */
const RESET_MS = 900_000;
const NEARLY_EXPIRED_MS = 200_000;

let page: KorePage;

beforeAll(async () => {
  page = await openKorePage({ masking: { emails: true } });
}, 120_000);
afterEach(async () => {
  const visit = await page.visit(DESK);
  await visit.kore.clearFaults();
  await visit.kore.settings({ duplicates: false });
});
afterAll(() => page?.close());

/** A user who talks to an agent. */
async function connected(): Promise<Visit> {
  const visit = await page.visit(DESK);
  await visit.asks();
  await visit.isTaken();
  return visit;
}

/** Both hear each other. */
async function hearEachOther(visit: Visit, user: string, agent: string): Promise<void> {
  await visit.writes(user);
  await visit.untilAgentHas(user);
  await visit.desk.agentWrites(visit.conversationId, agent);
  await visit.untilReads(`Ann: ${agent}`);
}

async function over(visit: Visit): Promise<void> {
  await visit.desk.agentEnds(visit.conversationId);
  await visit.result();
}

/** Whatever happened, it replays; and it is kept where histories are recorded. */
async function keep({ conversationId, workflowId }: Visit, name: string): Promise<void> {
  const passage = passageWorkflowId(TENANT, conversationId);
  await replayHistories(page.system, [workflowId, passage]);
  for (const history of await historiesOf(page.system.client, workflowId)) record(`kore-${name}`, history);
}

/** Everything that Temporal keeps of a workflow, as text. */
async function kept(workflowId: string): Promise<string> {
  return textOf(await historiesOf(page.system.client, workflowId));
}

describe('a talk goes on', () => {
  it('although the platform forgets after 15 minutes that an agent is there', async () => {
    const visit = await connected();
    await hearEachOther(visit, 'Hello', 'Hello, this is Ann.');

    await visit.kore.advance(RESET_MS);
    await hearEachOther(visit, 'I had to find the receipt.', 'Take your time.');
    await visit.untilKore(({ users }) => users[visit.userId]?.agentTransfer === true);
    await hearEachOther(visit, 'Here it is: 4711.', 'Thank you.');
    await over(visit);

    expect((await visit.agentHas()).slice(1)).toEqual([
      'Hello',
      'I had to find the receipt.',
      'Here it is: 4711.',
    ]);
    expect(await visit.screen()).toEqual([
      ASKING,
      ONE_MOMENT,
      'Ann: Hello, this is Ann.',
      'Ann: Take your time.',
      'Ann: Thank you.',
    ]);
    expect(await visit.calls(SESSIONS)).toEqual([
      'startAgentSession',
      'startAgentSession',
      'clearAgentSession',
    ]);
    await keep(visit, 'reset-in-the-middle');
  }, 120_000);

  it('by the request of the newest message, when those before it have expired', async () => {
    const visit = await connected();
    await visit.kore.advance(NEARLY_EXPIRED_MS);
    await hearEachOther(visit, 'One', 'to one');
    await visit.kore.advance(NEARLY_EXPIRED_MS);
    await visit.desk.agentWrites(visit.conversationId, 'and another');
    await visit.untilReads('Ann: and another');
    await visit.kore.advance(NEARLY_EXPIRED_MS / 4);
    await over(visit);

    expect(await visit.calls(/./)).not.toContainEqual(expect.stringContaining('404'));
    expect(await visit.calls(SESSIONS)).toEqual(['startAgentSession', 'clearAgentSession']);
  }, 120_000);

  it('with each line once, where the platform posts each event twice', async () => {
    const anyone = await page.visit(DESK);
    await anyone.kore.settings({ duplicates: true });
    const visit = await page.visit(DESK);
    await visit.writes('Hello');
    await visit.untilReads(youSaid('Hello'));
    await visit.asks();
    await visit.isTaken();
    await hearEachOther(visit, 'Once.', 'Once, too.');
    await over(visit);
    await visit.writes('Bye');
    await visit.untilReads(youSaid('Bye'));
    await visit.kore.settled();

    expect((await visit.agentHas()).slice(1)).toEqual(['Once.']);
    expect(await visit.screen()).toEqual([
      youSaid('Hello'),
      ASKING,
      ONE_MOMENT,
      'Ann: Once, too.',
      youSaid('Bye'),
    ]);
    expect(await visit.calls(SESSIONS)).toEqual(['startAgentSession', 'clearAgentSession']);
    expect(await visit.result()).toMatchObject({ attempts: 1 });
    await keep(visit, 'events-twice');
  }, 120_000);

  it('through the death of its worker, into which both wrote, with no line lost and all in order', async () => {
    const visit = await connected();
    await hearEachOther(visit, 'one', 'to one');

    await page.system.worker().kill();
    await visit.writes('two');
    await visit.desk.agentWrites(visit.conversationId, 'to two');
    await visit.writes('three');
    await page.system.startWorker();
    await visit.untilAgentHas('three');
    await visit.untilReads('Ann: to two');
    await hearEachOther(visit, 'four', 'to four');
    await over(visit);

    expect((await visit.agentHas()).slice(1)).toEqual(['one', 'two', 'three', 'four']);
    // Kore.ai cannot tell a line that was there before the kill.
    const read = withoutRepeats(await visit.screen());
    expect(read.slice(2)).toEqual(['Ann: to one', 'Ann: to two', 'Ann: to four']);
    expect(await visit.calls(SESSIONS)).toEqual(['startAgentSession', 'clearAgentSession']);
    await keep(visit, 'worker-killed');
  }, 120_000);
});

describe('the bot has its user back', () => {
  it('with the next message, where the platform did not take it that the talk is over', async () => {
    const visit = await connected();
    await visit.kore.expire();

    await over(visit);
    expect((await visit.kore.state()).users[visit.userId]?.agentTransfer).toBe(true);
    await visit.writes('Anybody?');
    await visit.untilReads(youSaid('Anybody?'));
    await visit.writes('Good.');
    await visit.untilReads(youSaid('Good.'));

    expect(await visit.unanswered()).toEqual([]);
    expect(await visit.calls(SESSIONS)).toEqual([
      'startAgentSession',
      'clearAgentSession: 404',
      'clearAgentSession',
    ]);
    await keep(visit, 'lost-clear');
  }, 120_000);

  it('once the platform takes it, however often it has refused', async () => {
    const visit = await connected();
    await visit.kore.fault({ kind: 'status', status: 503, on: 'clearAgentSession', times: 3 });

    await visit.desk.agentEnds(visit.conversationId);
    await visit.untilKore(({ users }) => users[visit.userId]?.agentTransfer === false);
    await visit.result();
    await visit.writes('Hello again');
    await visit.untilReads(youSaid('Hello again'));

    expect(await visit.unanswered()).toEqual([]);
  }, 120_000);

  it('from the moment on in which the platform knows, although Baton waits for its answer', async () => {
    const visit = await connected();
    await visit.kore.fault({ kind: 'silentEffect', on: 'clearAgentSession' });

    await visit.desk.agentEnds(visit.conversationId);
    await visit.untilKore(({ users }) => users[visit.userId]?.agentTransfer === false);
    await visit.writes('Thanks!');
    await visit.untilReads(youSaid('Thanks!'));

    expect(await visit.calls(/^startAgentSession/)).toEqual(['startAgentSession']);
    await visit.result();
    expect((await visit.kore.state()).users[visit.userId]?.agentTransfer).toBe(false);
  }, 120_000);

  it('when nobody came, also while there is no worker', async () => {
    const visit = await page.visit(DESK, 'nobody');
    await visit.asks();
    await visit.untilReads(youSaid(NOBODY_CAME));
    await visit.untilIs(({ phase }) => phase === 'awaiting_bot');

    await page.system.worker().kill();
    await visit.writes('When do you open?');
    await page.system.startWorker();
    await visit.untilReads(youSaid('When do you open?'));

    expect(await visit.unanswered()).toEqual([]);
    expect(await visit.calls(SESSIONS)).toEqual(['startAgentSession', 'clearAgentSession']);
  }, 120_000);

  it('when the platform knows no request any more by which the agent could be heard, and the agent is told', async () => {
    const visit = await connected();
    await visit.kore.expire();
    await visit.desk.agentWrites(visit.conversationId, 'Are you there?');
    const result = await visit.result();
    await until('the desk to let go', () => visit.desk.hasLetGo(visit.conversationId));
    await visit.writes('Sorry, I was away.');
    await visit.untilReads(youSaid('Sorry, I was away.'));

    expect(result).toMatchObject({ outcome: { kind: 'connected' }, returned: { by: 'user' } });
  }, 120_000);
});

describe('what nobody is to see', () => {
  it('of a talk with the bot is in no history, and the bot gets it as it was written', async () => {
    const visit = await page.visit(DESK);
    await visit.writes('I am ada.doe@example.com');
    await visit.untilReads(youSaid('I am ada.doe@example.com'));
    await visit.asks();
    await visit.isTaken();
    await visit.writes('Mail it to ada.doe@example.com');
    await visit.untilAgentHas('Mail it to [e-mail]');
    await over(visit);

    const passage = await kept(passageWorkflowId(TENANT, visit.conversationId));
    expect(passage).toContain('sendBotMessage');
    for (const word of ['I am ada', 'example.com', youSaid(''), 'of the enterprise', 'I want a human'])
      expect(passage).not.toContain(word);
    expect(await kept(visit.workflowId)).not.toContain('ada.doe@example.com');
    expect((await visit.agentHas()).join()).not.toContain('@');
  }, 120_000);

  it('of the bot’s secret is in no history and no log', async () => {
    const visit = await connected();
    await over(visit);

    const all = [
      await kept(visit.workflowId),
      await kept(passageWorkflowId(TENANT, visit.conversationId)),
      page.system.gatewayProcess().output(),
      page.system.worker().output(),
    ].join();
    expect(all).toContain(visit.conversationId);
    expect(all).not.toContain(SECRET);
  }, 120_000);

  it.each(['on_agent_transfer', 'on_user_message'])(
    'is not asked for by %s from somebody else',
    async (event) => {
      const [bot = ''] = (await page.visit(DESK)).conversationId.split('@').slice(1);
      const answered = await fetch(`${page.address(DESK)}/sdk/bots/${bot}/${event}`, {
        method: 'POST',
        headers: { apikey: 'guessed', 'content-type': 'application/json' },
        body: JSON.stringify({ requestId: '1', message: 'Hi' }),
      });

      expect([answered.status, await answered.json()]).toEqual([
        401,
        { errors: [{ msg: 'Invalid apikey', code: 4002 }] },
      ]);
    },
  );
});
