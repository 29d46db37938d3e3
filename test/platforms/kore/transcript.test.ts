// The platform's list of messages, in the shapes in which it was seen.
import { readMessages } from '../../../platforms/kore/transcript';

const list = (...messages: unknown[]): string => JSON.stringify({ messages });
const message = (type: string, text: string, createdOn?: unknown): unknown => ({
  type,
  components: [{ data: { text } }],
  createdOn,
});

it('is read oldest first, whichever way the list goes', () => {
  const one = message('incoming', 'one', '2026-03-01T12:00:00.000Z');
  const two = message('outgoing', 'two', '2026-03-01T12:00:01.000Z');
  const expected = [
    { from: 'user', text: 'one' },
    { from: 'bot', text: 'two' },
  ];

  expect(readMessages(list(two, one))).toEqual(expected);
  expect(readMessages(list(one, two))).toEqual(expected);
  expect(readMessages(list(message('outgoing', 'two', 2), message('incoming', 'one', 1)))).toEqual(expected);
  expect(readMessages(list(message('outgoing', 'two'), message('incoming', 'one')))).toEqual(expected);
});

it.each([
  ['in the payload of a component', { components: [{ data: { payload: { text: 'words' } } }] }],
  ['in the body of a component', { components: [{ cInfo: { body: 'words' } }] }],
  ['in the message', { message: ' words ' }],
  ['in a template', { components: [{ data: { text: '{"type":"template","payload":{"text":"words"}}' } }] }],
])('finds words %s', (_, shape) => {
  expect(readMessages(list({ type: 'outgoing', ...shape }))).toEqual([{ from: 'bot', text: 'words' }]);
});

it('has no line without words, and none too long', () => {
  expect(readMessages(list({}, message('incoming', ' '), message('outgoing', '{"type":"image"}')))).toEqual(
    [],
  );
  expect(readMessages('{}')).toEqual([]);
  expect(readMessages(list(message('incoming', 'x'.repeat(5_000))))[0]?.text).toHaveLength(2_000);
  expect(readMessages(list(message('incoming', '{curly')))).toEqual([{ from: 'user', text: '{curly' }]);
});

it('is no answer of the platform when it is something else', () => {
  expect(() => readMessages('<html>')).toThrow(/not JSON/);
});
