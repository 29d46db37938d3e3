// The page of Kore.ai with Salesforce, from the user's first word to the bot's next: a Kore.ai bot, the real worker and
// gateway, and agents at Live Agent, for which the page was written, and at Messaging.
import { historiesOf, record } from '../support/histories';
import {
  ASKING,
  DESKS,
  NOBODY_CAME,
  ONE_MOMENT,
  openKorePage,
  youSaid,
  type DeskName,
  type KorePage,
  type Visit,
} from '../support/kore-page';
import { TALK } from '../support/talk';
import { passageWorkflowId } from '../../domain/ids';
import { TENANT } from '../support/system-configuration';

const SESSIONS = /AgentSession$/;

let page: KorePage;

beforeAll(async () => {
  page = await openKorePage();
}, 120_000);
afterAll(() => page?.close());

/** Both say their lines, each once the other has read the one before. */
async function talk(visit: Visit): Promise<void> {
  for (const { from, text } of TALK) {
    if (from === 'user') {
      await visit.writes(text);
      await visit.untilAgentHas(text);
    } else {
      await visit.desk.agentWrites(visit.conversationId, text);
      await visit.untilReads(`Ann: ${text}`);
    }
  }
}

/** Where histories are recorded; of one desk, since what the desks differ in is recorded elsewhere. */
async function keep({ conversationId, workflowId }: Visit, desk: DeskName, name: string): Promise<void> {
  if (desk !== DESKS[0]) return;
  const { client } = page.system;
  const passage = passageWorkflowId(TENANT, conversationId);
  for (const history of await historiesOf(client, workflowId)) record(`kore-${name}`, history);
  for (const history of await historiesOf(client, passage)) record(`kore-${name}-passage`, history);
}

const saidBy = (side: 'user' | 'agent'): string[] =>
  TALK.filter(({ from }) => from === side).map(({ text }) => (side === 'agent' ? `Ann: ${text}` : text));

describe.each(DESKS)('with agents at %s', (desk) => {
  it('a user gets from the bot to an agent and back, in one chat', async () => {
    const visit = await page.visit(desk);
    await visit.writes('Hello');
    await visit.untilReads(youSaid('Hello'));
    await visit.asks();
    await visit.untilReads(ONE_MOMENT);
    await visit.isTaken();
    await talk(visit);

    await visit.desk.agentEnds(visit.conversationId);
    await visit.untilKore(({ users }) => users[visit.userId]?.agentTransfer === false);
    const result = await visit.result();
    await visit.writes('Thanks!');
    await visit.untilReads(youSaid('Thanks!'));

    expect(await visit.screen()).toEqual([
      youSaid('Hello'),
      ASKING,
      ONE_MOMENT,
      ...saidBy('agent'),
      youSaid('Thanks!'),
    ]);
    const [before = '', ...said] = await visit.agentHas();
    expect(said).toEqual(saidBy('user'));
    expect(before.split('\n').slice(-4)).toEqual([
      'User: Hello',
      `Bot: ${youSaid('Hello')}`,
      'User: I want a human',
      `Bot: ${ASKING}`,
    ]);
    expect(await visit.unanswered()).toEqual([]);
    expect(await visit.calls(SESSIONS)).toEqual(['startAgentSession', 'clearAgentSession']);
    expect(result).toMatchObject({
      attempts: 1,
      outcome: { kind: 'connected' },
      returned: { by: 'agent', reason: 'left' },
    });
    await keep(visit, desk, 'there-and-back');
  }, 180_000);

  it('an agent hears that the user has ended the chat, and the bot has the next one', async () => {
    const visit = await page.visit(desk);
    await visit.asks();
    await visit.isTaken();
    await talk(visit);

    await visit.kore.end(visit.userId);
    const result = await visit.result();
    await visit.writes('One more thing');
    await visit.untilReads(youSaid('One more thing'));

    expect(result).toMatchObject({ outcome: { kind: 'connected' }, returned: { by: 'user' } });
    expect(await visit.desk.hasLetGo(visit.conversationId)).toBe(true);
    expect(await visit.calls(SESSIONS)).toEqual(['startAgentSession', 'clearAgentSession']);
  }, 180_000);

  it('a user to whom nobody comes has the bot again, which may ask once more', async () => {
    const visit = await page.visit(desk, 'nobody');
    await visit.asks();
    await visit.untilReads(youSaid(NOBODY_CAME));
    await visit.untilIs(({ phase, attempt }) => phase === 'awaiting_bot' && attempt === 1);
    await visit.writes('When do you open?');
    await visit.untilReads(youSaid('When do you open?'));
    await visit.asks();
    await visit.untilIs(({ phase, attempt }) => phase === 'awaiting_bot' && attempt === 2);
    await visit.writes('Never mind');
    await visit.untilReads(youSaid('Never mind'));

    expect(await visit.screen()).toEqual([
      ASKING,
      ONE_MOMENT,
      youSaid(NOBODY_CAME),
      youSaid('When do you open?'),
      ASKING,
      ONE_MOMENT,
      youSaid(NOBODY_CAME),
      youSaid('Never mind'),
    ]);
    expect(await visit.calls(SESSIONS)).toEqual([
      'startAgentSession',
      'clearAgentSession',
      'startAgentSession',
      'clearAgentSession',
    ]);
    expect(await visit.unanswered()).toEqual([]);
    await keep(visit, desk, 'nobody-there');
  }, 180_000);
});
