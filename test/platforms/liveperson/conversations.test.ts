import fc from 'fast-check';
import { applyChange, placeOf } from '../../../platforms/liveperson/conversations';
import type { Entry, Place, Scope } from '../../../platforms/liveperson/conversations';
import { newsOf } from '../../../platforms/liveperson/news';
import { aChange, HUMAN, OWN } from './captured';
import type { Told } from './captured';

function after(...told: (Told & { scope?: Scope })[]): Entry | undefined {
  return told.reduce<Entry | undefined>(
    (entry, { scope = 'account', ...change }) => applyChange(entry, scope, aChange(change), OWN),
    undefined,
  );
}

function placeAfter(...told: (Told & { scope?: Scope })[]): Place | undefined {
  const entry = after(...told);
  return entry && placeOf(entry.view, OWN);
}

const suggested = { id: HUMAN, state: 'SUGGESTED' };
const joined = { id: HUMAN, state: 'ACTIVE' };

describe('where a conversation stands', () => {
  it('is with the bot while the own user is its agent, by either id', () => {
    expect(placeAfter({})).toEqual({ kind: 'bot' });
    expect(placeAfter({ agents: [{ id: OWN.pid, state: 'ACTIVE' }] })).toEqual({ kind: 'bot' });
  });

  it('is in the queue while an agent is only suggested', () => {
    expect(placeAfter({ skillId: '7', agents: [suggested] })).toEqual({
      kind: 'queue',
      skillId: '7',
      suggested: [HUMAN],
    });
  });

  it('is with the human once the state is ACTIVE', () => {
    expect(placeAfter({ agents: [joined] })).toEqual({ kind: 'human', agentId: HUMAN });
  });

  it('never takes a role without a state for a human who joined', () => {
    expect(placeAfter({ agents: [{ id: HUMAN }] })?.kind).toBe('queue');
    expect(placeAfter({ agents: [{ id: HUMAN }], withoutStates: true })?.kind).toBe('queue');
  });

  it('knows the bot by its role alone where states are missing', () => {
    expect(placeAfter({ withoutStates: true, withoutPids: true })).toEqual({ kind: 'bot' });
  });

  it.each([
    ['CONSUMER', 'user'],
    ['AGENT', 'agent'],
    ['SYSTEM', 'system'],
  ])('tells that %s closed it', (closedBy, by) => {
    expect(placeAfter({ state: 'CLOSE', closedBy })).toEqual({ kind: 'closed', by });
  });
});

describe('changes of a conversation', () => {
  it('are dropped when they are older than what is known', () => {
    expect(placeAfter({ ts: 20, agents: [joined] }, { ts: 10 })).toEqual({ kind: 'human', agentId: HUMAN });
  });

  it('are both taken when two share a millisecond, and a duplicate of the first undoes nothing', () => {
    const place = placeAfter({ ts: 20 }, { ts: 20, agents: [joined] }, { ts: 20 });

    expect(place).toEqual({ kind: 'human', agentId: HUMAN });
  });

  it('close it when it leaves the account-wide subscription', () => {
    expect(placeAfter({}, { type: 'DELETE', withoutDetails: true })).toEqual({ kind: 'closed' });
    expect(placeAfter({ type: 'DELETE', withoutDetails: true })).toEqual({ kind: 'closed' });
  });

  it('only take it from the bot when it leaves the own subscription', () => {
    const place = placeAfter({ skillId: '7' }, { type: 'DELETE', scope: 'own', withoutDetails: true });

    expect(place).toEqual({ kind: 'queue', skillId: '7', suggested: [] });
  });

  it('do not take a human away when the own subscription says late that the bot is gone', () => {
    const place = placeAfter({ ts: 20, agents: [joined] }, { type: 'DELETE', scope: 'own', ts: 10 });

    expect(place).toEqual({ kind: 'human', agentId: HUMAN });
  });

  it('without details are no news', () => {
    expect(placeAfter({ agents: [joined] }, { withoutDetails: true })).toEqual({
      kind: 'human',
      agentId: HUMAN,
    });
  });

  it('end the same whatever the order and however often they come', () => {
    const story: Told[] = [
      { ts: 1 },
      { ts: 2, skillId: '7', agents: [] },
      { ts: 3, skillId: '7', agents: [suggested] },
      { ts: 4, skillId: '7', agents: [joined] },
    ];
    const indices = fc.array(fc.nat(story.length - 1), { maxLength: 12 });

    fc.assert(
      fc.property(indices, (extra) => {
        const shuffled = [...extra, 3, ...extra].map((index) => story[index] ?? {});
        expect(placeAfter(...shuffled)).toEqual({ kind: 'human', agentId: HUMAN });
      }),
    );
  });
});

describe('news', () => {
  const news = (told: Told, seen?: Parameters<typeof newsOf>[3]): ReturnType<typeof newsOf> =>
    newsOf(after(told)?.view, 'unknown', OWN, seen);

  it('is queued once, and nothing while the bot still has the conversation', () => {
    expect(news({})).toBeUndefined();
    expect(news({ agents: [] })).toEqual({ kind: 'queued' });
    expect(news({ agents: [] }, 'queued')).toBeUndefined();
  });

  it('is connected once', () => {
    expect(news({ agents: [joined] }, 'queued')).toEqual({ kind: 'connected', agentId: HUMAN });
    expect(news({ agents: [joined] }, 'connected')).toBeUndefined();
  });

  it('is userLeft before a human joined and ended afterwards', () => {
    const byUser = { state: 'CLOSE', closedBy: 'CONSUMER' };

    expect(news(byUser, 'queued')).toEqual({ kind: 'userLeft' });
    expect(news(byUser, 'connected')).toEqual({ kind: 'ended', by: 'user' });
    expect(news({ ...byUser, closedBy: 'AGENT' }, 'queued')).toEqual({ kind: 'ended', by: 'agent' });
    expect(news(byUser, 'userLeft')).toBeUndefined();
  });

  it('is made of absence only when the account-wide snapshot was whole', () => {
    expect(newsOf(undefined, 'loading', OWN, 'queued')).toBeUndefined();
    expect(newsOf(undefined, 'unknown', OWN, 'queued')).toBeUndefined();
    expect(newsOf(undefined, 'notOpen', OWN, 'queued')).toEqual({ kind: 'userLeft' });
    expect(newsOf(undefined, 'notOpen', OWN, 'connected')).toEqual({ kind: 'ended' });
  });
});
