// What a transcript proves of what was sent.
import fc from 'fast-check';
import { arrived, unread } from '../../../platforms/salesforce-live-agent/read-back';
import type { TranscriptLine } from '../../../platforms/salesforce-live-agent/chat-events';

const visitor = (text: string): TranscriptLine => ({ from: 'visitor', text });
const agent = (text: string): TranscriptLine => ({ from: 'agent', text });

describe('reading back', () => {
  it('finds what arrived and what did not', () => {
    expect(arrived(['a', 'b', 'c'], [visitor('a'), agent('b'), visitor('c')])).toEqual([true, false, true]);
  });

  it('counts the same text as often as it arrived', () => {
    expect(arrived(['yes', 'yes', 'no'], [visitor('yes'), visitor('no')])).toEqual([true, false, true]);
    expect(arrived(['yes', 'yes'], [visitor('yes'), visitor('yes')])).toEqual([true, true]);
  });

  it('passes over lines that Baton did not send, and white space', () => {
    expect(arrived(['a  b', 'c'], [visitor('before'), visitor('a b '), visitor('c')])).toEqual([true, true]);
  });

  it('finds every message of a transcript that lacks the last ones', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(), (sent, cut) => {
        const kept = sent.slice(0, cut);
        const found = arrived(sent, kept.map(visitor));
        expect(found).toEqual(sent.map((_, index) => index < kept.length));
      }),
    );
  });

  it('gives the agents’ lines that were not passed on', () => {
    const transcript = [agent('1'), visitor('x'), agent('2'), agent('3')];
    expect(unread(transcript, 1)).toEqual([agent('2'), agent('3')]);
    expect(unread(transcript, 3)).toEqual([]);
  });
});
