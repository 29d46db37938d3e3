// Twenty messages, ten each way, with one kind of fault at every step: what was sent is what each side has.
import { anEstablishedChat, aStage } from './stage';
import type { Stage } from './stage';
import { startSmallRelay } from './small-relay';
import type { SmallRelay } from './small-relay';

type Trouble = (stage: Stage, chatId: string) => Promise<void>;

const NETWORK = ['lostRequest', 'lostAnswer', 'silentEffect', 'hang', 'cutAnswer', 'duplicate'] as const;
const STATUSES = [429, 500, 502, 503, 504];
const LATE_MS = 450;

const faulty =
  (on: string, kind: (typeof NETWORK)[number]): Trouble =>
  ({ control }) =>
    control.fault({ kind, on });
const answered =
  (on: string, status: number): Trouble =>
  ({ control }) =>
    control.fault({ kind: 'status', status, on, ...(status === 429 && { retryAfter: '0' }) });
const late =
  (on: string): Trouble =>
  ({ control }) =>
    control.fault({ kind: 'delay', ms: LATE_MS, on });
const moved: Trouble = ({ control }, chatId) => control.move(chatId);
const movedAnd =
  (trouble: Trouble): Trouble =>
  async (stage, chatId) => {
    await trouble(stage, chatId);
    await moved(stage, chatId);
  };

const TROUBLES: readonly (readonly [name: string, trouble: Trouble])[] = [
  ['nothing', async () => undefined],
  ...['ChatMessage', 'Messages'].flatMap((on) => [
    ...NETWORK.map((kind) => [`${on}: ${kind}`, faulty(on, kind)] as const),
    ...STATUSES.map((status) => [`${on}: ${status}`, answered(on, status)] as const),
    [`${on}: late`, late(on)] as const,
  ]),
  ['Messages: nothing in the answer', ({ control }) => control.fault({ kind: 'lostEffect', on: 'Messages' })],
  ['moved', moved],
  ...['ReconnectSession', 'ChasitorResyncState', 'ChatMessage', 'Messages'].flatMap((on) => [
    ...NETWORK.map((kind) => [`moved, and ${on}: ${kind}`, movedAnd(faulty(on, kind))] as const),
    [`moved, and ${on}: 503`, movedAnd(answered(on, 503))] as const,
  ]),
];

/** The user and the agent write in turn, with the same words at times. */
const SCRIPT = Array.from({ length: 20 }, (_, step) => ({
  by: step % 2 === 0 ? 'user' : 'agent',
  text: step % 6 < 2 ? 'yes' : `${step}: Grüße & <b>5</b> "😀"`,
}));
const textsOf = (by: string): string[] => SCRIPT.filter((line) => line.by === by).map(({ text }) => text);

/** A network that doubles a POST needs a vendor that answers a repetition with 200: see README.md, "Limits". */
const aFastStage = (repeats: 'ok' | 'conflict' = 'ok') =>
  aStage(
    { settings: { repeats, pollMs: 200, clientPollTimeout: 0.4, duplicateGraceMs: 300 } },
    { requestMs: 300 },
  );

/** The agent ends the chat when the user has read everything. */
async function finish({ control, signal }: Stage, chatId: string, relay: SmallRelay, expected: number) {
  while (relay.read.length < expected && !signal.aborted) await new Promise((go) => setTimeout(go, 10));
  await control.clearFaults();
  await control.end(chatId);
  const how = await relay.over;
  const { transcript } = await control.chat(chatId);
  return { how, arrived: transcript.filter(({ from }) => from === 'visitor').map(({ text }) => text) };
}

describe('twenty messages are the same on both sides, with this at every step', () => {
  it.concurrent.each(TROUBLES)('%s', async (_, trouble) => {
    const stage = await aFastStage();
    try {
      const session = await anEstablishedChat(stage);
      const relay = startSmallRelay(stage, session);

      for (const { by, text } of SCRIPT) {
        await trouble(stage, session.id);
        if (by === 'user') await relay.send(text);
        else await stage.control.write(session.id, text);
      }
      const agentsTexts = textsOf('agent');
      const outcome = await finish(stage, session.id, relay, agentsTexts.length);

      expect(relay.read).toEqual(agentsTexts);
      expect(outcome).toEqual({ how: 'agent', arrived: textsOf('user') });
    } finally {
      await stage.close();
    }
  });
});

describe('a message', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await aFastStage('conflict');
  });
  afterEach(() => stage.close());

  it('is taken once by a vendor that answers a repetition with 409, though others had the same words', async () => {
    const session = await anEstablishedChat(stage);
    const relay = startSmallRelay(stage, session);
    const texts = ['one', 'two', 'three', 'three'];

    for (const text of texts)
      for (const kind of ['lostAnswer', 'silentEffect', 'cutAnswer', 'lostRequest'] as const) {
        await stage.control.fault({ kind, on: 'ChatMessage' });
        await relay.send(text);
      }

    const { arrived } = await finish(stage, session.id, relay, 0);
    expect(arrived).toEqual(texts.flatMap((text) => [text, text, text, text]));
  });

  it('that arrived, lost its answer and moved with the chat is not sent again', async () => {
    const { control, signal } = stage;
    const session = await anEstablishedChat(stage);
    const relay = startSmallRelay(stage, session);
    await control.fault({ kind: 'lostAnswer', on: 'ChatMessage' });
    await control.fault({ kind: 'hang', on: 'ChatMessage' });

    const sent = relay.send('one');
    await control.until(session.id, ({ transcript }) => transcript.length === 1, signal);
    await control.move(session.id);
    await sent;
    await relay.send('two');

    expect((await finish(stage, session.id, relay, 0)).arrived).toEqual(['one', 'two']);
  });

  it('that was answered 200 and not taken is found by the next one, and both arrive in order', async () => {
    const session = await anEstablishedChat(stage);
    const relay = startSmallRelay(stage, session);
    await relay.send('one');
    await stage.control.fault({ kind: 'lostEffect', on: 'ChatMessage', times: 2 });
    await relay.send('two');
    await relay.send('three');
    await relay.send('four');

    expect((await finish(stage, session.id, relay, 0)).arrived).toEqual(['one', 'two', 'three', 'four']);
  });
});
