// docs/guarantees.md: what its tables say of each desk and bot is what the code says of them, and the limits that it
// names are the code's.
import { DEFAULT_RELAY } from '../../domain/plan';
import { PLATFORMS } from '../../platforms';
import type { BotSideCapabilities } from '../../platforms/bot-side';
import type { ChatCapabilities } from '../../platforms/desk';
import { BOT_SIDE_HARNESSES } from '../support/bot-side-stages';
import { read } from './markdown';

const PAGE = read('docs/guarantees.md');
const NONE = '—';

const REPEATS: Readonly<Record<ChatCapabilities['repeats'], string>> = {
  by_id: 'the desk drops a repeated id',
  by_sequence: 'the desk drops a repeated number',
  read_back: 'Baton looks it up before it sends again',
  may_double: 'it may be there twice',
};
const RESUMES: Readonly<Record<ChatCapabilities['resumes'], string>> = {
  acknowledged: 'kept by the desk until Baton acknowledges it',
  replayed: 'replayed by the desk',
  read_back: 'read back from the desk',
  retried_by_desk: 'sent again by the desk until it is answered',
  in_answers: 'only in the answers to messages, which are sent again as the same',
};
const ATTACHMENTS: Readonly<Record<ChatCapabilities['attachments'], string>> = {
  carried: 'carried',
  as_link: 'as a link',
  refused: 'refused, the user is told',
};
const SETTLES: Readonly<Record<BotSideCapabilities['settlesUnknownBy'], string>> = {
  idempotency_key: 'the bot drops a repeated `webhook-id`',
  client_made_id: 'the platform drops a repeated id',
  read_back: 'Baton looks it up before it posts again',
  nothing: 'it may be there twice',
};

/** The cells of the table after a heading, without its head. */
function tableAfter(heading: string): string[][] {
  const section = PAGE.slice(PAGE.indexOf(`## ${heading}`)).split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function deskRow([name, chat]: readonly [string, ChatCapabilities]): string[] {
  const { toUser, toAgent } = chat.typing;
  const typing = [...(toUser ? ["the agent's"] : []), ...(toAgent ? ["the user's"] : [])];
  return [
    `\`${name}\``,
    chat.always ? 'always' : 'with a `relay` section',
    REPEATS[chat.repeats],
    RESUMES[chat.resumes],
    chat.maxChars.toLocaleString('en-US'),
    chat.perMinute === undefined ? NONE : `${chat.perMinute} a minute`,
    chat.gapMs === undefined ? NONE : `${chat.gapMs} ms`,
    ATTACHMENTS[chat.attachments],
    typing.join(', ') || NONE,
  ];
}

it('says of each desk whose chats Baton carries what its capabilities say', () => {
  const chats = Object.entries(PLATFORMS).flatMap(([name, { desk }]) =>
    desk?.capabilities.chat ? [[name, desk.capabilities.chat] as const] : [],
  );

  expect(chats.length).toBeGreaterThan(1);
  expect(tableAfter('Each desk')).toEqual(chats.map(deskRow));
});

it('says of each bot side how a message is kept from being read twice', () => {
  // The suite of all bot sides holds each to what its harness says of it.
  const expected = Object.entries(PLATFORMS).flatMap(([name, { botSide }]) => {
    const settles = BOT_SIDE_HARNESSES[name]?.settlesUnknownBy;
    return botSide ? [[`\`${name}\``, settles && SETTLES[settles]]] : [];
  });

  expect(tableAfter('Each bot side').map(([name, settles]) => [name, settles])).toEqual(expected);
});

it('names the limits that are the default', () => {
  expect(DEFAULT_RELAY).toMatchObject({
    deliverWithinMs: 120_000,
    maxLengthMs: 28_800_000,
    agentGoneMs: 120_000,
  });
  for (const limit of [
    '`deliverWithin`, two minutes',
    '`maxLength`, eight hours',
    '`agentGone`, two minutes',
  ])
    expect(PAGE).toContain(limit);
});

it('is led to from README.md', () => {
  expect(read('README.md')).toContain('(docs/guarantees.md)');
});
