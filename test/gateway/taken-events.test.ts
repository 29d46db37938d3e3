// The gateway's memory of events that were taken.
import { createTakenEvents } from '../../gateway/webhooks/taken-events';

const taking = () => Promise.resolve(true);

describe('the memory of taken events', () => {
  it('has an event taken once', async () => {
    const memory = createTakenEvents();
    const take = jest.fn(taking);

    const fates = [
      await memory.once(['acme', 'desk', 'e1'], take),
      await memory.once(['acme', 'desk', 'e1'], take),
    ];

    expect(fates).toEqual(['taken', 'duplicate']);
    expect(take).toHaveBeenCalledTimes(1);
  });

  it('has it taken once also when it comes many times at once', async () => {
    const memory = createTakenEvents();
    let finish: (taken: boolean) => void = () => undefined;
    const take = jest.fn(() => new Promise<boolean>((resolve) => (finish = resolve)));

    const fates = Array.from({ length: 5 }, () => memory.once(['e1'], take));
    finish(true);

    expect((await Promise.all(fates)).sort()).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
      'taken',
    ]);
    expect(take).toHaveBeenCalledTimes(1);
  });

  it('tells events apart by every part of their name', async () => {
    const memory = createTakenEvents();
    const names = [
      ['acme', 'desk', 'e1'],
      ['globex', 'desk', 'e1'],
      ['acme', 'other', 'e1'],
      ['acme', 'desk', 'e2'],
      ['acmedesk', 'e1'],
    ];

    const fates = await Promise.all(names.map((name) => memory.once(name, taking)));

    expect(fates).toEqual(names.map(() => 'taken'));
  });

  it('remembers neither what nobody took nor what failed', async () => {
    const memory = createTakenEvents();

    await expect(memory.once(['e1'], () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await memory.once(['e1'], () => Promise.resolve(false))).toBe('unmatched');
    expect(await memory.once(['e1'], taking)).toBe('taken');
  });

  it('fails a repetition together with the delivery that it waited for', async () => {
    const memory = createTakenEvents();
    let fail: (error: Error) => void = () => undefined;
    const first = memory.once(['e1'], () => new Promise<boolean>((_resolve, reject) => (fail = reject)));
    const second = memory.once(['e1'], taking);
    fail(new Error('down'));

    const outcomes = await Promise.allSettled([first, second]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('is bounded: the event taken longest ago is forgotten', async () => {
    const memory = createTakenEvents(2);
    for (const id of ['e1', 'e2', 'e3']) await memory.once([id], taking);

    expect([await memory.once(['e3'], taking), await memory.once(['e2'], taking)]).toEqual([
      'duplicate',
      'duplicate',
    ]);
    expect(await memory.once(['e1'], taking)).toBe('taken');
  });
});
