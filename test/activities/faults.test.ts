// How long an activity goes on by itself.
import { ownTimeoutMs } from '../../activities/faults';

describe('the time after which an activity ends itself', () => {
  it('is its own timeout when nothing would tell it that the workflow has gone on', () => {
    expect(ownTimeoutMs({ startToCloseTimeoutMs: 3_000 })).toBe(3_000);
  });

  it('is later than the server’s when it heartbeats, so that the history says timed out and not failed', () => {
    expect(ownTimeoutMs({ startToCloseTimeoutMs: 3_000, heartbeatTimeoutMs: 20_000 })).toBeGreaterThan(3_000);
  });
});
