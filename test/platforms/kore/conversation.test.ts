// Whole conversations on the simulated platform: who reads what, whatever the platform forgets or says twice.
import { openKoreStage, type KoreStage } from './stage';

const USER = 'u-ada';
let stage: KoreStage;

afterEach(() => stage.close());

/** The user asks for a human, and the escalation is accepted. */
async function handOver(userId = USER): Promise<void> {
  await stage.control.write(userId, 'I want a human');
  await stage.control.settled();
  await accept(userId);
}

async function accept(userId = USER): Promise<void> {
  const side = stage.open();
  await side.deliverNotice!(notice('escalation.accepted', userId), stage.call(userId));
}

function notice(type: 'escalation.accepted' | 'escalation.returned' | 'escalation.failed', userId = USER) {
  return {
    id: `n/${type}`,
    type,
    sequence: 1,
    conversationId: stage.conversationId(userId),
    requestId: 'r',
    attempt: 1,
    epoch: 1,
    at: 1,
  };
}

describe.each([
  { channel: 'nested', authentication: 'token' },
  { channel: 'flat', authentication: 'apikey' },
] as const)('with a $channel channel and $authentication', (settings) => {
  beforeEach(async () => {
    stage = await openKoreStage(settings);
  });

  it('a user who only talks to the bot notices nothing of Baton', async () => {
    await stage.control.write(USER, 'Hello');
    await stage.control.settled();

    expect(await stage.userReads(USER)).toEqual(['You said: Hello']);
    expect(stage.conversation(USER)).toMatchObject({ open: false, requests: [], toAgent: [] });
  });

  it('a user who asks for a human is handed over, once, and writes to the agent from then on', async () => {
    await handOver();
    await stage.control.write(USER, 'Are you there?');
    const side = stage.open({ liveAgentTemplate: true });
    const posted = await side.postFromAgent!(
      stage.conversationId(USER),
      { id: 'a1', text: 'Yes, I am.', agentName: 'Ann' },
      stage.call(USER),
    );

    expect(posted).toEqual({ kind: 'posted' });
    const { requests, toAgent } = stage.conversation(USER);
    expect(requests).toHaveLength(1);
    expect(toAgent.map(({ text }) => text)).toEqual(['Are you there?']);
    expect((await stage.control.screen(USER)).map(({ text, agentName }) => [text, agentName])).toEqual([
      ['I want a human', undefined],
      ['One moment.', undefined],
      ['Are you there?', undefined],
      ['Yes, I am.', 'Ann'],
    ]);
  });

  it('the bot has the conversation again once it is given back', async () => {
    await handOver();
    await stage.control.write(USER, 'Thanks, bye');
    stage.conversation(USER).open = false;
    await stage.open().deliverNotice!(notice('escalation.returned'), stage.call(USER));
    await stage.control.write(USER, 'Hello again');
    await stage.control.settled();

    expect((await stage.userReads(USER)).at(-1)).toBe('You said: Hello again');
    expect(await stage.sessions()).toEqual(['startAgentSession', 'clearAgentSession']);
  });

  it('a user whose handover is over, which the platform never heard, is not left without an answer', async () => {
    await handOver();
    stage.conversation(USER).open = false;

    await stage.control.write(USER, 'Hello?');
    await stage.control.settled();

    expect((await stage.userReads(USER)).at(-1)).toBe('You said: Hello?');
    expect((await stage.control.screen(USER)).filter(({ unanswered }) => unanswered)).toEqual([]);
    expect(await stage.sessions()).toEqual(['startAgentSession', 'clearAgentSession']);
  });

  it('an agent keeps a user of whom the platform has forgotten that an agent is there', async () => {
    await handOver();
    await stage.control.advance(900_000);
    await stage.control.write(USER, 'I had to find the receipt');
    await stage.control.write(USER, 'Here it is');

    expect(stage.conversation(USER).toAgent.map(({ text }) => text)).toEqual([
      'I had to find the receipt',
      'Here it is',
    ]);
    expect(await stage.sessions()).toEqual(['startAgentSession', 'startAgentSession']);
    const { events } = await stage.control.state();
    const messages = events.filter(({ event }) => event === 'on_user_message');
    expect(messages.map(({ agentTransfer }) => agentTransfer)).toEqual([false, false, true]);
    expect(await stage.userReads(USER)).toEqual(['One moment.']);
  });

  it('events that come twice are one request, one message and one line each', async () => {
    await stage.control.settings({ duplicates: true });
    await handOver();
    await stage.control.write(USER, 'Twice?');

    const { requests, toAgent } = stage.conversation(USER);
    expect(requests).toHaveLength(1);
    expect(toAgent.map(({ text }) => text)).toEqual(['Twice?']);
    expect(await stage.userReads(USER)).toEqual(['One moment.']);
  });

  it('a user who ends the chat has left', async () => {
    await handOver();
    await stage.control.end(USER);

    expect(stage.conversation(USER).userLeft).toBe(true);
  });

  it('every event is acknowledged as a BotKit server does', async () => {
    await handOver();
    await stage.control.tell(USER, 'endDialog');

    const { events, refused } = await stage.control.state();
    expect(events.map(({ event, status }) => [event, status])).toEqual([
      ['on_user_message', 200],
      ['on_bot_message', 200],
      ['on_agent_transfer', 200],
      ['on_event', 200],
    ]);
    expect(events.every(({ supportsMessageAck }) => supportsMessageAck === 'true')).toBe(true);
    expect(refused).toBe(0);
  });
});

describe('the URLs of a request', () => {
  beforeEach(async () => {
    stage = await openKoreStage();
  });

  it('work for hours while they are extended', async () => {
    await handOver();
    const side = stage.open();
    for (let minutes = 0; minutes < 60; minutes += 4) {
      await stage.control.advance(240_000);
      await side.extend!(stage.conversationId(USER), stage.call(USER));
    }

    const posted = await side.postToUser(
      stage.conversationId(USER),
      { id: 'm1', text: 'Still waiting' },
      stage.call(USER),
    );
    expect(posted).toEqual({ kind: 'posted' });
    expect((await stage.userReads(USER)).at(-1)).toBe('Still waiting');
  });

  it('reach nobody any more when they have expired, until the user writes again', async () => {
    await handOver();
    const side = stage.open();
    const say = (text: string) =>
      side.postToUser(stage.conversationId(USER), { id: text, text }, stage.call(USER));
    await stage.control.advance(300_000);

    expect(await say('one')).toEqual({ kind: 'gone' });
    await expect(side.extend!(stage.conversationId(USER), stage.call(USER))).rejects.toMatchObject({
      code: 'ESC_PLATFORM_REJECTED',
    });
    await stage.control.write(USER, 'Anybody?');
    expect(await say('two')).toEqual({ kind: 'posted' });
  });

  it('that have expired before the conversation is taken leave that to the next message', async () => {
    await stage.control.write(USER, 'I want a human');
    await stage.control.settled();
    await stage.control.expire();
    await accept();
    await stage.control.write(USER, 'Anybody?');
    await stage.control.settled();

    expect(await stage.sessions()).toEqual(['startAgentSession: 404', 'startAgentSession']);
    expect(stage.conversation(USER).toAgent).toMatchObject([{ text: 'Anybody?' }]);
    expect(JSON.stringify(stage.logged)).toContain('n/escalation.accepted');
  });

  it('that have expired before the conversation is given back leave the bot to the next message', async () => {
    await handOver();
    stage.conversation(USER).open = false;
    await stage.control.expire();
    await stage.open().deliverNotice!(notice('escalation.failed'), stage.call(USER));
    await stage.control.write(USER, 'Hello?');
    await stage.control.settled();

    expect(await stage.sessions()).toEqual([
      'startAgentSession',
      'clearAgentSession: 404',
      'clearAgentSession',
    ]);
    expect((await stage.userReads(USER)).at(-1)).toBe('You said: Hello?');
    expect(JSON.stringify(stage.logged)).toContain('n/escalation.failed');
  });
});
