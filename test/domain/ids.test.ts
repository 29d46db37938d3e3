// Ids are functions of what the caller said; no two callers share one.
import fc from 'fast-check';
import { escalationWorkflowId, noticeOutboxWorkflowId, ownMessageId, transferId } from '../../domain/ids';

const part = fc.string({ minLength: 1, maxLength: 40 });

describe('ids', () => {
  test('are different for different conversations, requests and rungs, whatever characters these have', () => {
    fc.assert(
      fc.property(part, part, fc.nat(9), part, part, fc.nat(9), (c1, r1, n1, c2, r2, n2) => {
        const same = c1 === c2 && r1 === r2 && n1 === n2;
        expect(transferId(c1, r1, n1) === transferId(c2, r2, n2)).toBe(same);
      }),
    );
  });

  test('do not let a slash move from the conversation to the request', () => {
    expect(transferId('a/b', 'c', 0)).not.toBe(transferId('a', 'b/c', 0));
    expect(ownMessageId('a/b', 'c', 'transfer')).not.toBe(ownMessageId('a', 'b/c', 'transfer'));
  });

  test('of workflows fit what SQL databases hold, and stay apart when they are cut', () => {
    const long = 'x'.repeat(300);

    const [one, other] = [
      noticeOutboxWorkflowId('acme', `${long}1`),
      noticeOutboxWorkflowId('acme', `${long}2`),
    ];

    expect(one.length).toBeLessThanOrEqual(255);
    expect(one).not.toBe(other);
    expect(escalationWorkflowId('acme', 'c-1')).toBe('escalation/acme/c-1');
  });
});
