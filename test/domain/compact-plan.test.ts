// The form in which a plan is written in the history.
import fc from 'fast-check';
import { compactPlan, expandPlan } from '../../domain/compact-plan';
import { DEFAULT_FAILURE_MESSAGE, type EscalationPlan, type PlannedDesk, type Rung } from '../../domain/plan';
import { aFallbackRung, aPlan, aRung, aWatchedDesk } from '../support/builders';

const desks: fc.Arbitrary<PlannedDesk> = fc.record(
  {
    platform: fc.constantFrom('liveperson', 'webhook'),
    carriesMessage: fc.boolean(),
    events: fc.constantFrom('watch', 'webhook'),
    confirmsConnection: fc.boolean(),
    heartbeatMs: fc.constantFrom(5_000, 20_000),
    unrepeatable: fc.constant(true),
  },
  { requiredKeys: ['platform', 'carriesMessage', 'events', 'confirmsConnection', 'heartbeatMs'] },
);
const rungs: fc.Arbitrary<Rung> = fc
  .record({
    responseTimeoutMs: fc.constantFrom(6_000, 180_000),
    origin: fc.constantFrom('ladder', 'fallback'),
    desk: desks,
    queueTimeoutMs: fc.option(fc.nat(), { nil: undefined }),
  })
  .map(({ queueTimeoutMs, ...rest }) =>
    aRung({ ...rest, ...(queueTimeoutMs !== undefined && { queueTimeoutMs }) }),
  );
const texts = fc.constantFrom('Please call us.', DEFAULT_FAILURE_MESSAGE, '');
const plans: fc.Arbitrary<EscalationPlan> = fc
  .record({ rungs: fc.array(rungs, { maxLength: 4 }), fallbackMessage: texts, failureMessage: texts })
  .map((parts) => aPlan(parts));

describe('a plan in the history', () => {
  it('says the same when it is read as when it was written', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(expandPlan(compactPlan(plan))).toEqual(plan);
        expect(expandPlan(JSON.parse(JSON.stringify(compactPlan(plan))))).toEqual(plan);
      }),
    );
  });

  it('is read as it stands when nothing was left out, as an earlier build wrote it', () => {
    fc.assert(fc.property(plans, (plan) => expect(expandPlan(plan)).toEqual(plan)));
  });

  it('holds nothing that goes without saying', () => {
    const desk = aWatchedDesk({ heartbeatMs: 20_000 });
    const plan = aPlan({
      rungs: [aRung({ desk }), aFallbackRung({ desk })],
      failureMessage: DEFAULT_FAILURE_MESSAGE,
      fallbackMessage: DEFAULT_FAILURE_MESSAGE,
    });

    const { rungs: written, ...rest } = compactPlan(plan);

    expect(rest).not.toHaveProperty('failureMessage');
    expect(rest).not.toHaveProperty('fallbackMessage');
    expect(written).toEqual([
      {
        connector: 'desk',
        target: { kind: 'skill', id: '4711' },
        desk: { platform: 'liveperson', carriesMessage: true, events: 'watch' },
      },
      { connector: 'desk', target: { kind: 'skill', id: '4712' }, origin: 'fallback' },
    ]);
  });

  it('names a desk again when another one came between', () => {
    const [one, other] = [aWatchedDesk(), aWatchedDesk({ platform: 'webhook' })];
    const plan = aPlan({ rungs: [aRung({ desk: one }), aRung({ desk: other }), aRung({ desk: one })] });

    expect(compactPlan(plan).rungs.map(({ desk }) => desk)).toMatchObject([
      { platform: 'liveperson' },
      { platform: 'webhook' },
      { platform: 'liveperson' },
    ]);
  });
});
