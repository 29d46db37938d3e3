// Entries become words: each kind, and the same stretch gone over twice.
import fc from 'fast-check';
import { newChatState } from '../../../platforms/salesforce-messaging/chat-state';
import type { MessagingState } from '../../../platforms/salesforce-messaging/chat-state';
import { agentStaysAway, fold } from '../../../platforms/salesforce-messaging/fold';
import { messageId } from '../../../platforms/salesforce-messaging/ids';
import { readEntry, readEnvelope } from '../../../platforms/salesforce-messaging/wire';
import type { Entry } from '../../../platforms/salesforce-messaging/wire';

const CONVERSATION = 'b7e8c9d0-0000-4000-8000-000000000000';
const DEPS = { conversation: CONVERSATION, unsupportedText: '(not shown)' };

let made = 0;
function entry(type: string, payload: Entry['payload'] = {}, role?: string): Entry {
  made += 1;
  return { id: `entry-${made}`, type, payload, at: made, ...(role && { role, senderName: 'Ann' }) };
}
const agent = (operation: string, subject: string): Entry =>
  entry('ParticipantChanged', {
    entries: [{ operation, displayName: subject.toUpperCase(), participant: { role: 'Agent', subject } }],
  });
const text = (role: string, content: unknown): Entry =>
  entry('Message', { abstractMessage: { staticContent: content } }, role);

function run(entries: readonly Entry[], from: MessagingState = newChatState(undefined)) {
  let state = from;
  const words: unknown[] = [];
  for (const each of entries) {
    const folded = fold(DEPS, state, each);
    ({ state } = folded);
    words.push(...folded.said.map(({ word }) => word));
  }
  return { state, words };
}

describe('what routing says', () => {
  it.each([
    [{ failureType: 'None' }, { kind: 'queued' }],
    [{}, { kind: 'queued' }],
    [
      { failureType: 'RoutingError' },
      { kind: 'declined', reason: 'no_agents', detail: 'routing: RoutingError' },
    ],
    [
      { failureType: 'SubmissionError' },
      { kind: 'declined', reason: 'rejected', detail: 'routing: SubmissionError' },
    ],
    [{ failureType: 'Unknown' }, { kind: 'declined', reason: 'rejected', detail: 'routing: Unknown' }],
  ])('%j becomes %j', (payload, word) => {
    expect(run([entry('RoutingResult', payload)]).words).toEqual([word]);
  });

  it('is no refusal once a human was there', () => {
    const { words, state } = run([
      agent('add', 'a'),
      entry('RoutingResult', { failureType: 'RoutingError' }),
    ]);

    expect(words).toEqual([{ kind: 'connected', agentId: 'a' }]);
    expect(state.over).toBeUndefined();
  });

  it.each([
    [
      { position: 3, estimatedWaitTime: 90 },
      { kind: 'position', position: 3, waitMs: 90_000 },
    ],
    [
      { queuePosition: 1, estimatedWaitTime: { estimatedWaitTimeInSeconds: 30 } },
      { kind: 'position', position: 1, waitMs: 30_000 },
    ],
    [
      { position: 2, estimatedWaitTime: -1 },
      { kind: 'position', position: 2 },
    ],
  ])('tells the place in the queue, in any of its forms: %j', (payload, word) => {
    expect(run([entry('QueuePosition', payload)]).words).toEqual([word]);
    expect(run([agent('add', 'a'), entry('QueuePosition', payload)]).words).toHaveLength(1);
  });
});

describe('the agents', () => {
  it('are connected with the first and changed with the next', () => {
    const { words } = run([agent('add', 'a'), agent('remove', 'a'), agent('add', 'b')]);

    expect(words).toEqual([
      { kind: 'connected', agentId: 'a' },
      { kind: 'agentChanged', agentId: 'b', agentName: 'B' },
    ]);
  });

  it('have left only when none has come instead', () => {
    const { state } = run([agent('add', 'a'), agent('remove', 'a')]);
    const gone = agentStaysAway(state);

    expect(gone.said.map(({ word }) => word)).toEqual([{ kind: 'agentLeft' }]);
    expect(agentStaysAway(gone.state).said).toEqual([]);
    expect(agentStaysAway(run([agent('add', 'b')], state).state).said).toEqual([]);
  });

  it('are not counted where they only looked on', () => {
    const { state } = run([agent('add', 'a'), agent('add', 'b'), agent('remove', 'a')]);

    expect(state).toMatchObject({ agent: 'b' });
    expect(state.left).toBeUndefined();
  });

  it.each(['Chatbot', 'System', 'Router', 'EndUser'])('are not of the role %s', (role) => {
    const joined = entry('ParticipantChanged', { entries: [{ operation: 'add', participant: { role } }] });

    expect(run([joined]).words).toEqual([]);
  });
});

describe('messages', () => {
  const fileUrl = 'https://files.example.com/1';

  it.each([
    [{ formatType: 'Text', text: 'hi' }, [{ text: 'hi' }]],
    [
      { formatType: 'RichLink', linkItem: { url: 'https://x.example', titleItem: { title: 'X' } } },
      [{ text: 'X\nhttps://x.example' }],
    ],
    [
      {
        formatType: 'Attachments',
        text: 'see',
        attachments: [{ url: fileUrl, name: 'a.png', mimeType: 'image/png' }],
      },
      [{ text: 'see' }, { attachment: { url: fileUrl, name: 'a.png', mediaType: 'image/png' } }],
    ],
    [{ formatType: 'Attachments', attachments: [{ url: 'http://x', name: 'a.png' }] }, [{ text: 'a.png' }]],
    [{ formatType: 'WebView' }, [{ text: '(not shown)' }]],
    [undefined, [{ text: '(not shown)' }]],
  ])('of an agent are told: %j', (content, messages) => {
    const said = text('Agent', content);
    const ids = [said.id, `${said.id}#2`];

    expect(run([said]).words).toEqual(
      messages.map((message, index) => ({
        kind: 'message',
        agentName: 'Ann',
        message: { id: ids[index], ...message },
      })),
    );
  });

  it('of the org are told if they can be read', () => {
    expect(run([text('System', { text: 'Welcome' })]).words).toHaveLength(1);
    expect(run([text('Chatbot', { formatType: 'Form' })]).words).toEqual([]);
  });

  it('of the user are counted, whatever is missing between them, and never told', () => {
    const echo = (number: number): Entry => ({
      ...text('EndUser', { text: 'x' }),
      id: messageId(CONVERSATION, number),
    });
    const { state, words } = run([echo(1), echo(2), text('EndUser', { text: 'context' }), echo(4), echo(1)]);

    expect(words).toEqual([]);
    expect(state.echoed).toBe(4);
  });
});

describe('the end', () => {
  const ended = (role?: string): Entry =>
    entry('SessionStatusChanged', { sessionStatus: 'Ended', ...(role && { sessionEndedByRole: role }) });

  it.each([
    ['Agent', 'agent'],
    ['EndUser', 'user'],
    ['System', 'system'],
    [undefined, 'agent'],
  ])('by %s is said to be by %s', (role, by) => {
    const { words, state } = run([agent('add', 'a'), ended(role), text('Agent', { text: 'too late' })]);

    expect(words.at(-1)).toEqual({ kind: 'ended', by });
    expect(words).toHaveLength(2);
    expect(state.over).toBe(true);
  });

  it('before an agent came is a refusal', () => {
    expect(run([ended('System')]).words).toMatchObject([{ kind: 'declined', reason: 'rejected' }]);
  });

  it('by closing is by the user', () => {
    expect(run([agent('add', 'a'), entry('CloseConversation')]).words.at(-1)).toEqual({
      kind: 'ended',
      by: 'user',
    });
  });

  it('is not another status', () => {
    const active = entry('SessionStatusChanged', { sessionStatus: 'Active' });

    expect(run([active]).words).toEqual([]);
  });
});

it('ignores what it does not know', () => {
  expect(run([entry('StreamingToken'), entry('ParticipantChanged'), entry('QueuePosition')]).words).toEqual(
    [],
  );
});

it('says nothing new of a stretch that it goes over again', () => {
  const anEntry = fc.constantFrom(
    ...['a', 'b'].flatMap((subject) => [agent('add', subject), agent('remove', subject)]),
    ...[1, 2, 3].map((n) => ({ ...text('EndUser', {}), id: messageId(CONVERSATION, n) })),
    text('Agent', { text: 'one' }),
    text('Agent', { text: 'two' }),
    entry('RoutingResult', { failureType: 'None' }),
  );
  fc.assert(
    fc.property(fc.array(anEntry, { maxLength: 20 }), fc.nat(), (script, from) => {
      const entries = script.map((each, index) =>
        each.role === 'EndUser' ? each : { ...each, id: `${each.id}-${index}` },
      );
      const idsOf = (
        part: readonly Entry[],
        state: MessagingState,
      ): { ids: string[]; state: MessagingState } => {
        const ids: string[] = [];
        for (const each of part) {
          const folded = fold(DEPS, state, each);
          ({ state } = folded);
          ids.push(...folded.said.map(({ id }) => id));
        }
        return { ids, state };
      };
      const first = idsOf(entries, newChatState(undefined));
      const again = idsOf(entries.slice(from % (entries.length + 1)), first.state);

      const told = new Set(first.ids);
      const unknown = again.ids.filter((id) => !told.has(id));
      // Agents who came and went are told of again under the entries' ids; nobody else is.
      expect(
        unknown.every((id) => entries.some((each) => each.id === id && each.type === 'ParticipantChanged')),
      ).toBe(true);
      expect(again.state.agent).toBe(first.state.agent);
      expect(again.state.echoed).toBe(first.state.echoed);
    }),
  );
});

describe('the wire', () => {
  const conversationEntry = {
    identifier: 'e1',
    entryType: 'Message',
    sender: { role: 'Agent', subject: 's' },
    senderDisplayName: 'Ann',
    transcriptedTimestamp: 7,
  };
  const payload = { entryType: 'Message', abstractMessage: { staticContent: { text: 'hi' } } };

  it('has payloads as text and as objects', () => {
    const expected = { id: 'e1', type: 'Message', role: 'Agent', senderName: 'Ann', at: 7, payload };

    expect(readEntry({ ...conversationEntry, entryPayload: payload })).toEqual(expected);
    expect(readEntry({ ...conversationEntry, entryPayload: JSON.stringify(payload) })).toEqual(expected);
  });

  it.each([
    '0',
    '',
    'not JSON',
    '{}',
    '{"conversationId":"c"}',
    '{"conversationId":"c","conversationEntry":{}}',
  ])('passes over an event that is no entry: %s', (data) => {
    expect(readEnvelope(data)).toBeUndefined();
  });

  it('passes over an entry whose payload cannot be read', () => {
    expect(readEntry({ ...conversationEntry, entryPayload: '{"entryType":' })).toBeUndefined();
    expect(readEntry({ ...conversationEntry, entryPayload: { entries: 'none' } })).toBeUndefined();
  });
});
