// What reaches a workflow of a chat, whoever sent it: copied as far as it is known, or refused, and never thrown at.
import fc from 'fast-check';
import { checkChatMessage, checkDeskNews } from '../../domain/chat-guards';

const attachment = { url: 'https://files.test/1.png', name: '1.png', mediaType: 'image/png' };

test('never throws on what it is sent, and lets only plain values pass', () => {
  const anything = fc.anything({ maxDepth: 3, withDate: true });
  fc.assert(
    fc.property(anything, anything, (value, other) => {
      const inputs = [
        value,
        { id: 'm', text: value, attachment: other },
        { transferId: 't', news: [value, { id: 'w', word: other }], chat: value },
        { transferId: 't', news: [{ id: 'w', word: { kind: 'message', message: value, agentName: other } }] },
      ];
      for (const input of inputs) {
        const message = checkChatMessage(input);
        if (message.ok) expect(JSON.parse(JSON.stringify(message.value))).toEqual(message.value);
        const news = checkDeskNews(input);
        if (news.ok) expect(Array.isArray(news.value.news.news)).toBe(true);
      }
    }),
  );
});

test('copies what it knows of a message and nothing else', () => {
  const sent = { id: 'u1', text: 'hello', attachment: { ...attachment, secret: 1 }, more: { deep: true } };

  expect(checkChatMessage(sent)).toEqual({ ok: true, value: { id: 'u1', text: 'hello', attachment } });
});

test.each([
  ['without text and attachment', { id: 'u1' }],
  ['with an empty text', { id: 'u1', text: '' }],
  ['with a text of more than 64 Ki characters', { id: 'u1', text: 'x'.repeat(65_537) }],
  ['without an id', { text: 'hello' }],
  [
    'with a file that is not on the web',
    { id: 'u1', attachment: { ...attachment, url: 'file:///etc/passwd' } },
  ],
])('refuses a message %s', (_, message) => {
  expect(checkChatMessage(message)).toMatchObject({ ok: false });
});

test('takes the good words of a desk and says what is wrong with the others, by shape', () => {
  const checked = checkDeskNews({
    transferId: 't',
    connector: 'desk',
    chat: { generation: 2, session: 's' },
    news: [
      {
        id: 'w1',
        word: { kind: 'message', message: { id: 'a1', text: 'hi', more: 1 }, agentName: 'Maria', more: 1 },
      },
      { id: 'w2', word: { kind: 'message', message: { id: 'a2', text: 5 } } },
      { id: 'w3', word: { kind: 'ended', by: 'agent' } },
      { word: { kind: 'agentLeft' } },
      { id: 'w5', word: { kind: 'delivered', count: 4 } },
    ],
  });

  expect(checked).toEqual({
    ok: true,
    value: {
      news: {
        transferId: 't',
        connector: 'desk',
        chat: { generation: 2, session: 's' },
        news: [
          { id: 'w1', word: { kind: 'message', message: { id: 'a1', text: 'hi' }, agentName: 'Maria' } },
          { id: 'w3', word: { kind: 'ended', by: 'agent' } },
          { id: 'w5', word: { kind: 'delivered', count: 4 } },
        ],
      },
      problems: ['text is not a string of 1 to 65536 characters', 'a word of the news has no id'],
    },
  });
});

test('refuses a desk’s state that is too large to carry along', () => {
  const chat = { generation: 1, all: 'x'.repeat(20_000) };

  expect(checkDeskNews({ transferId: 't', news: [], chat })).toMatchObject({ ok: false });
});
