// What a conversation with a bot keeps apart: one handoff's news from the next one's, and what was said before the user
// left from what they say when they come back.
import { becomeFree, beginHandOff, isAboutHandOff } from '../../domain/bot-session-hand-off';
import {
  nextDeed,
  noteLeaving,
  noteNotice,
  noteUserSays,
  putBack,
  takeDeed,
} from '../../domain/bot-session-inbox';
import { openSessionState, type BotSessionState, type SessionNotice } from '../../domain/bot-session-state';

const aState = (): BotSessionState =>
  openSessionState({ tenant: 'acme', conversationId: 'c1', bot: 'shop' }, 0);

const aNotice = (requestId: string, type: SessionNotice['type']): SessionNotice => ({
  id: `${requestId}/${type}`,
  type,
  requestId,
});

/** Carries out what is to be done next, as far as the state knows of it. */
function takeNext(state: BotSessionState): string | undefined {
  const deed = nextDeed(state);
  if (deed) takeDeed(state, deed);
  return deed?.kind;
}

describe('a notice about a handoff that was not waited for', () => {
  test('is not taken for one about the next handoff', () => {
    const state = aState();
    beginHandOff(state, { requestId: 'first', inReplyTo: 'first', reason: 'configured' });
    becomeFree(state, 'over');
    beginHandOff(state, { requestId: 'second', inReplyTo: 'second', reason: 'configured' });

    expect(isAboutHandOff(state, aNotice('first', 'escalation.abandoned'))).toBe(false);
    expect(isAboutHandOff(state, aNotice('second', 'escalation.connected'))).toBe(true);
  });

  test('is told from one under the name of a request that was there before', () => {
    const state = aState();
    beginHandOff(state, { requestId: 'second', inReplyTo: 'second', reason: 'configured' });

    expect(isAboutHandOff(state, aNotice('of-the-api', 'escalation.failed'))).toBe(true);
  });
});

describe('a user who leaves', () => {
  test('is answered nothing that they said before', () => {
    const state = aState();
    noteUserSays(state, 1, { id: 'm1', text: 'hello' });
    noteLeaving(state);
    putBack(state, { id: 'm0', text: 'never taken' });

    expect([takeNext(state), takeNext(state)]).toEqual(['leave', undefined]);
  });

  test('and comes back at once is answered what they say then', () => {
    const state = aState();
    noteUserSays(state, 1, { id: 'm1', text: 'before' });
    noteLeaving(state);
    noteNotice(state, 2, aNotice('r1', 'escalation.abandoned'));
    noteUserSays(state, 3, { id: 'm2', text: 'after' });

    expect([takeNext(state), takeNext(state)]).toEqual(['leave', 'hear']);
    expect(nextDeed(state)).toEqual({ kind: 'begin', said: { id: 'm2', text: 'after' } });
  });
});
