// The message webhook: what the user writes, in the shapes that its body may have.
import type { ChatMessage } from '../../../domain/chat';
import type { BotConfiguration } from '../../../domain/configuration';
import { aBot, aRequest, inbound, secret } from './builders';

const AT = Date.UTC(2026, 5, 1, 12);

function messagesOf(body: unknown, bot: BotConfiguration = aBot(), receivedAt = AT): readonly ChatMessage[] {
  return inbound(bot, aRequest('/messages', body, { receivedAt })).deeds.map((deed) => {
    if (deed.kind !== 'userMessage' || deed.conversationId !== 'user-1@dep-1')
      throw new Error('another deed');
    return deed.message;
  });
}

test.each<[string, Record<string, unknown>]>([
  ['flat', { user_id: 'user-1', id: 'm1', text: 'Hello' }],
  ['flat in camel case', { userId: 'user-1', messageId: 'm1', message: 'Hello' }],
  ['nested', { user: { id: 'user-1' }, message: { id: 'm1', text: 'Hello' } }],
  ['as in the REST API', { user_id: 'user-1', id: 'm1', actions: [{ type: 'standby', text: 'Hello' }] }],
  ['as in the claim', { to: 'user-1', id: 'm1', reply: 'Hello', from: 'token' }],
])('takes a message whose body is %s', (_, body) => {
  expect(messagesOf({ interlocutor: 'user', ...body })).toEqual([{ id: 'm1', text: 'Hello' }]);
});

test('answers at once that it has the message, and has another answer if nobody takes it', () => {
  const { answer, failure } = inbound(
    aBot(),
    aRequest('/messages', { interlocutor: 'user', user_id: 'user-1', text: 'Hello' }),
  );

  expect(answer).toMatchObject({ status: 200, body: '{"taken":true}' });
  expect(failure).toMatchObject({ status: 503 });
});

test.each([['bot'], ['agent'], [''], [undefined]])('passes over what %s says', (interlocutor) => {
  const request = aRequest('/messages', { interlocutor, user_id: 'user-1', id: 'm1', text: 'Hello' });

  expect(inbound(aBot(), request)).toEqual({
    answer: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"taken":false}' },
    deeds: [],
  });
});

test('passes over the users of another bot, where the company has one webhook for all', () => {
  const body = { interlocutor: 'user', user_id: 'user-1', id: 'm1', text: 'Hello', botId: 'bot-2' };

  expect(inbound(aBot({ botId: 'bot-1' }), aRequest('/messages', body)).deeds).toEqual([]);
  expect(inbound(aBot({ botId: 'bot-2' }), aRequest('/messages', body)).deeds).toHaveLength(1);
});

test.each([
  ['a user', { text: 'Hello' }],
  ['a text or link', { user_id: 'user-1', text: ' ' }],
])('refuses a message without %s', (_, body) => {
  const { answer, deeds } = inbound(aBot(), aRequest('/messages', { interlocutor: 'user', ...body }));

  expect(answer.status).toBe(422);
  expect(deeds).toEqual([]);
});

test('takes the members that the configuration names', () => {
  const message = {
    interlocutor: ['who'],
    user: ['v.uid'],
    text: ['said'],
    id: ['nr'],
    attachments: ['files'],
  };
  const body = { who: 'User', v: { uid: 'user-1' }, said: 'Hello', nr: 7, text: 'not this', id: 'not this' };

  expect(messagesOf(body, aBot({ message }))).toEqual([{ id: '7', text: 'Hello' }]);
});

test('takes attachments as links, each in a message', () => {
  const attachments = [
    { type: 'image/png', url: 'https://files.example/a/photo.png' },
    'https://files.example/b.pdf',
    { payload: { url: 'https://files.example/c' }, type: 'image', name: 'Receipt' },
    { url: 'javascript:alert(1)' },
    17,
  ];
  const unknown = 'application/octet-stream';

  expect(
    messagesOf({ interlocutor: 'user', user_id: 'user-1', id: 'm1', text: 'Look', attachments }),
  ).toEqual([
    {
      id: 'm1',
      text: 'Look',
      attachment: { url: 'https://files.example/a/photo.png', name: 'photo.png', mediaType: 'image/png' },
    },
    { id: 'm1@2', attachment: { url: 'https://files.example/b.pdf', name: 'b.pdf', mediaType: unknown } },
    { id: 'm1@3', attachment: { url: 'https://files.example/c', name: 'Receipt', mediaType: unknown } },
  ]);
});

test('takes a message that is only a link', () => {
  const attachedMedia = 'https://files.example/a.png';

  expect(messagesOf({ interlocutor: 'user', user_id: 'user-1', id: 'm1', attachedMedia })).toMatchObject([
    { id: 'm1', attachment: { url: attachedMedia } },
  ]);
});

test('takes parts that every desk takes, in whatever script the user writes', () => {
  const text = '\u4f60\u597d '.repeat(5_000);
  const parts = messagesOf({ interlocutor: 'user', user_id: 'user-1', id: 'm1', text });

  expect(parts.map(({ text: part }) => part).join('')).toBe(text);
  for (const { text: part = '' } of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(8_192);
});

test('takes a long message in parts that together are the message', () => {
  const text = 'word '.repeat(4_000);
  const parts = messagesOf({ interlocutor: 'user', user_id: 'user-1', id: 'm1', text });

  expect(parts.map(({ text: part }) => part).join('')).toBe(text);
  expect(parts.map(({ id }) => id)).toEqual(['m1', 'm1#2', 'm1#3']);
});

describe('the id of a message that has none', () => {
  const body = { interlocutor: 'user', user_id: 'user-1', text: 'yes' };
  const idOf = (...given: Parameters<typeof messagesOf>): string | undefined => messagesOf(...given)[0]?.id;

  test('is the same when the message is delivered again', () => {
    expect(idOf(body, aBot(), AT + 6_000)).toBe(idOf(body));
    expect(idOf({ ...body, timestamp: 17 }, aBot(), AT + 3_600_000)).toBe(idOf({ ...body, timestamp: 17 }));
  });

  test('is another for the same words later', () => {
    expect(idOf(body, aBot(), AT + 60_000)).not.toBe(idOf(body));
    expect(idOf({ ...body, timestamp: 18 })).not.toBe(idOf({ ...body, timestamp: 17 }));
  });

  test('is another for other words or another link', () => {
    const ids = [body, { ...body, text: 'no' }, { ...body, attachments: ['https://files.example/a'] }].map(
      (each) => idOf(each),
    );

    expect(new Set(ids).size).toBe(3);
  });

  test("cannot be found out from the words without the webhook's secret", () => {
    const withToken = (token: string): BotConfiguration =>
      aBot({ webhooks: { authentication: 'bearer', token: secret(token) } });
    const idWith = (token: string): unknown => {
      const headers = { authorization: `Bearer ${token}` };
      const [deed] = inbound(withToken(token), aRequest('/messages', body, { headers })).deeds;
      return deed?.kind === 'userMessage' ? deed.message.id : undefined;
    };

    expect(idWith('one')).toMatch(/^message-[\w-]{32}$/);
    expect(idWith('one')).not.toBe(idWith('two'));
  });

  test('stands in for an id that cannot be one', () => {
    expect(idOf({ ...body, id: 'x'.repeat(300) })).toMatch(/^message-/);
    expect(idOf({ ...body, id: 'x'.repeat(300) })).not.toBe(idOf({ ...body, id: 'y'.repeat(300) }));
  });
});
