// One at a time for each key, whoever gives up meanwhile.
import { createKeyedLock } from '../../platforms/keyed-lock';

const never = new AbortController().signal;

function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test('does work of one key in order of asking, and work of another meanwhile', async () => {
  const lock = createKeyedLock();
  const first = gate();
  const done: string[] = [];

  const one = lock.run('a', never, () => first.opened.then(() => done.push('a1')));
  const two = lock.run('a', never, async () => done.push('a2'));
  await lock.run('b', never, async () => done.push('b1'));
  expect(done).toEqual(['b1']);
  first.open();
  await Promise.all([one, two]);

  expect(done).toEqual(['b1', 'a1', 'a2']);
});

test('lets nobody pass who has to wait when somebody before gives up', async () => {
  const lock = createKeyedLock();
  const first = gate();
  const done: string[] = [];
  const controller = new AbortController();

  const one = lock.run('a', never, () => first.opened.then(() => done.push('first')));
  const two = lock.run('a', controller.signal, async () => done.push('second'));
  controller.abort(new Error('enough'));
  await expect(two).rejects.toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', retry: 'retryable' });
  const three = lock.run('a', never, async () => done.push('third'));
  await new Promise(setImmediate);
  expect(done).toEqual([]);
  first.open();
  await Promise.all([one, three]);

  expect(done).toEqual(['first', 'third']);
});

test('goes on after work that failed', async () => {
  const lock = createKeyedLock();

  const failing = lock.run('a', never, () => Promise.reject(new Error('no')));

  await expect(failing).rejects.toThrow('no');
  expect(await lock.run('a', never, async () => 'yes')).toBe('yes');
});
