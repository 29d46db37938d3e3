// What waits to be passed on for a bot's platform stays small enough for the next run, whatever comes.
import fc from 'fast-check';
import { checkPassOn, enqueue, newPassage, nextItem, renderPassage, settle } from '../../domain/passage';

it('drops what is too much, and says so', () => {
  const state = newPassage();
  const large = { text: 'x'.repeat(60_000) };

  for (let index = 0; index < 30; index += 1)
    enqueue(state, 0, { id: `m${index}`, bot: 'kore', items: [large] });

  expect(JSON.stringify(state).length).toBeLessThan(1_100_000);
  expect(state.waiting.length).toBe(16);
  expect(state.dropped).toBe(14);
  expect(renderPassage(state)).toContain('m29: too much is waiting');
});

it('forgets the oldest ids only', () => {
  const state = newPassage();
  for (let index = 0; index < 400; index += 1) {
    enqueue(state, 0, { id: `m${index}`, bot: 'kore', items: [{ index }] });
    settle(state, 0);
  }

  enqueue(state, 0, { id: 'm399', bot: 'kore', items: [{}] });
  expect(nextItem(state)).toBeUndefined();
  expect(state.knownIds).toHaveLength(300);
  expect(state.passedOn).toBe(400);
});

it('never throws on what it is sent', () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 3, withBigInt: true }), fc.anything(), (value, other) => {
      for (const input of [
        value,
        { id: 'm', bot: 'b', items: [value] },
        { id: value, bot: other, items: [] },
      ])
        expect(typeof checkPassOn(input).ok).toBe('boolean');
    }),
  );
});
