// What a session is asked: to begin, to take a message, to end. Each refuses before it changes anything.
import { randomUUID } from 'node:crypto';
import type { Bot } from './bot-spec';
import { reply, welcome } from './dialog';
import type { Turn } from './dialog';
import { endedByClient, envelope } from './envelope';
import type { Place } from './envelope';
import { Refusal } from './refusal';
import type { MessageBody, MessageIn, StartBody } from './requests';
import type { Variable } from './variables';
import type { Session, Settings, World } from './world';

/** What asks: where, and of which version. */
export type Asked = Omit<Place, 'sessionId' | 'self'>;

/** Begins a session: always a new one, whatever its external key. @throws Refusal */
export function startSession(
  world: World,
  asked: Asked,
  { bot, orgId, body }: { readonly bot: Bot; readonly orgId: string; readonly body: StartBody },
): { readonly session: Session; readonly answer: object } {
  const session: Session = {
    id: randomUUID(),
    orgId,
    botId: bot.id,
    externalSessionKey: body.externalSessionKey,
    tz: body.tz ?? null,
    endpoint: body.forceConfig.endpoint,
    referrers: body.referrers ?? [],
    passed: body.variables ?? [],
    variables: merge(world.settings, bot, bot.variables, body.variables ?? []),
    at: { dialog: bot.welcome, step: 0 },
    waiting: { kind: 'anything' },
    ended: null,
    lastSequence: null,
    processed: {},
    crcs: [],
    said: [],
  };
  const text = body.message?.text;
  if (text !== undefined) session.said.push({ from: 'user', text });
  const turn = welcome(bot, session, text);
  note(session, turn);
  world.sessions[session.id] = session;
  const place = { ...asked, sessionId: session.id, self: `/bots/${bot.id}/sessions` };
  const told = envelope(place, {
    ...turn,
    botVersion: bot.version,
    processedSequenceIds: [],
    options: body.responseOptions,
    before: bot.variables,
    variables: session.variables,
  });
  return { session, answer: { sessionId: session.id, ...told } };
}

/** Takes a message. `isRepeat`: it was processed before, and had no further effect. @throws Refusal */
export function takeMessage(
  settings: Settings,
  asked: Asked,
  { bot, session, body }: { readonly bot: Bot; readonly session: Session; readonly body: MessageBody },
): { readonly isRepeat: boolean; readonly answer: object } {
  const { message, responseOptions: options } = body;
  const known = processedBefore(settings, session, message);
  if (known) return { isRepeat: true, answer: known };
  const before = session.variables;
  // Checked before the dialog runs, so that a refused message leaves nothing behind.
  const passed = message.type === 'setVariables' ? (message.variables ?? []) : [];
  const merged = merge(settings, bot, before, passed);
  const turn = reply(bot, session, message);
  if (passed.length > 0) session.variables = merged;
  session.said.push({ from: message.type === 'text' ? 'user' : 'client', text: wordsOf(message) });
  note(session, turn);
  const { sequenceId } = message;
  const place = { ...asked, sessionId: session.id, self: `/sessions/${session.id}/messages` };
  const answer = envelope(place, {
    ...turn,
    botVersion: bot.version,
    processedSequenceIds: [sequenceId],
    options,
    before,
    variables: session.variables,
  });
  session.lastSequence = sequenceId;
  session.processed[sequenceId] = { message: JSON.stringify(message), answer };
  return { isRepeat: false, answer };
}

/** Ends a session for the client. */
export function endSession(asked: Asked, session: Session, bot: Bot, reason: string): object {
  session.ended = { by: 'client', reason };
  return envelope(
    { ...asked, sessionId: session.id, self: `/sessions/${session.id}` },
    {
      messages: [endedByClient()],
      intents: [],
      botVersion: bot.version,
      processedSequenceIds: [],
      options: undefined,
      before: [],
      variables: [],
    },
  );
}

function processedBefore(settings: Settings, session: Session, message: MessageIn): object | undefined {
  const { sequenceId } = message;
  const known = session.processed[sequenceId];
  if (known) {
    if (settings.repeats === 'refuse')
      throw new Refusal(400, `sequenceId ${sequenceId} was processed before`);
    if (known.message !== JSON.stringify(message))
      throw new Refusal(400, `sequenceId ${sequenceId} was another message`);
    return known.answer;
  }
  if (session.lastSequence !== null && sequenceId < session.lastSequence)
    throw new Refusal(400, `sequenceId ${sequenceId} is lower than ${session.lastSequence}`);
  return undefined;
}

/** @throws Refusal 400 for another type than the bot's variable has, and for an unknown one where that is set so */
function merge(
  { unknownVariables }: Settings,
  bot: Bot,
  known: readonly Variable[],
  passed: readonly Variable[],
): Variable[] {
  const merged = new Map(known.map((variable) => [variable.name, variable]));
  for (const variable of passed) {
    const { name, type } = variable;
    const own = bot.variables.find((each) => each.name === name);
    if (own && own.type !== type)
      throw new Refusal(400, `variables: ${name} is of type ${own.type}, not ${type}`);
    if (!own && !name.startsWith('$Context.')) {
      if (unknownVariables === 'refuse') throw new Refusal(400, `variables: the bot has no ${name}`);
      continue;
    }
    merged.set(name, variable);
  }
  return [...merged.values()];
}

function note(session: Session, { messages }: Turn): void {
  for (const { type, text } of messages)
    session.said.push({ from: 'bot', text: typeof text === 'string' ? text : `[${type}]` });
}

function wordsOf(message: MessageIn): string {
  return message.type === 'text' ? message.text : `[${message.type}]`;
}
