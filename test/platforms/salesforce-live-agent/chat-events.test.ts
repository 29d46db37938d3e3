// What a poll's messages are read as.
import { readEvents } from '../../../platforms/salesforce-live-agent/chat-events';

const read = (...messages: [type: string, message?: unknown][]) =>
  readEvents(messages.map(([type, message]) => ({ type, message })));

describe('the events of a chat', () => {
  it.each([
    [
      { queuePosition: 3, estimatedWaitTime: 120 },
      { position: 3, waitMs: 120_000 },
    ],
    [{ queuePosition: 0, estimatedWaitTime: -1 }, {}],
    [{}, {}],
    [{ queuePosition: 'x', estimatedWaitTime: null }, {}],
  ])('read the place in the queue from %j', (message, place) => {
    const { queuePosition: position, ...rest } = message as Record<string, unknown>;
    expect(read(['ChatRequestSuccess', message])).toEqual([{ kind: 'requestSucceeded', ...place }]);
    expect(read(['QueueUpdate', { ...rest, position }])).toEqual([{ kind: 'queueUpdate', ...place }]);
  });

  it('tell an accepted chat from a routed one', () => {
    expect(read(['ChatRequestSuccess', {}], ['ChatEstablished', { name: 'Ann', userId: '005' }])).toEqual([
      { kind: 'requestSucceeded' },
      { kind: 'established', agent: { name: 'Ann', id: '005' } },
    ]);
  });

  it.each([
    ['agent', 'agent'],
    ['client', 'visitor'],
    ['timeout', 'system'],
    ['', 'system'],
  ])('read who ended a chat from %j', (reason, by) => {
    expect(read(['ChatEnded', { reason, attachedRecords: [] }])).toEqual([{ kind: 'ended', by, reason }]);
  });

  it('end a chat whose reason is missing all the same', () => {
    expect(read(['ChatEnded', {}])).toEqual([{ kind: 'ended', by: 'system', reason: '' }]);
    expect(read(['ChatRequestFail'])).toEqual([{ kind: 'requestFailed', reason: '' }]);
  });

  it('keep a text as it was written', () => {
    const text = '  <b>5 > 3</b> &amp; "ok"\n';
    expect(read(['ChatMessage', { name: 'Ann', text, agentId: '005' }])).toEqual([
      { kind: 'message', agent: { name: 'Ann', id: '005' }, text },
    ]);
  });

  it('say that a known type could not be read, without what was in it', () => {
    expect(read(['ChatMessage', { name: 'Ann', text: 7 }])).toEqual([
      { kind: 'unreadable', type: 'ChatMessage' },
    ]);
  });

  it.each([
    ['CustomEvent'],
    ['NewVisitorBreadcrumb'],
    ['SensitiveDataRules'],
    ['FileTransfer'],
    ['toString'],
  ])('leave out %s', (type) => {
    expect(read([type, {}], ['AgentDisconnect', null])).toEqual([{ kind: 'agentDisconnected' }]);
  });

  it('keep one word on typing, and of both that nobody types, whatever their order', () => {
    const off = { kind: 'typing', isTyping: false };
    expect(read(['AgentNotTyping'], ['AgentTyping'])).toEqual([off]);
    expect(read(['AgentTyping'], ['AgentNotTyping'])).toEqual([off]);
    expect(read(['AgentTyping'], ['AgentTyping'])).toEqual([{ kind: 'typing', isTyping: true }]);
    expect(read(['AgentNotTyping'], ['ChatMessage', { name: 'Ann', text: 'x' }], ['AgentTyping'])).toEqual([
      { kind: 'message', agent: { name: 'Ann' }, text: 'x' },
      off,
    ]);
  });

  it('read the transcript of a chat that moved', () => {
    const chatMessages = [
      { type: 'Chasitor', name: 'Jon', content: 'Hi', timestamp: 5, sequence: 1 },
      { type: 'Agent', name: 'Ann', content: 'Hello', timestamp: 6, sequence: 2 },
      { type: 'OperatorTransferred', name: 'Ben', content: '', timestamp: 7, sequence: 3 },
    ];
    expect(read(['ChasitorSessionData', { queuePosition: 0, chatMessages }])).toEqual([
      {
        kind: 'sessionData',
        transcript: [
          { from: 'visitor', name: 'Jon', text: 'Hi', at: 5 },
          { from: 'agent', name: 'Ann', text: 'Hello', at: 6 },
          { from: 'system', name: 'Ben', text: '', at: 7 },
        ],
      },
    ]);
    expect(read(['ChasitorSessionData', {}])).toEqual([{ kind: 'sessionData', transcript: [] }]);
  });
});
