// A bot's answer in Baton's words: what it says with its delays, where it hands off to, whether it has ended.
import { assertNever } from '../../domain/assert-never';
import type { BotTurn, BotWord, RequestedTarget } from '../../domain/bot-session';
import { numbered } from './choices';
import type { SessionState } from './session-state';
import type { Envelope, WireMessage } from './wire';

/** The longest delay that is believed: a bot's admin sets seconds, and a misfit must not hold a conversation for days. */
const LONGEST_DELAY_MS = 60_000;

/**
 * Kinds of the targets that a bot names. The last two are on the vendor's page of transfers, not in its schema; what is
 * neither is its own kind, which no connector takes, so that the bot hears a clear no.
 */
const KINDS: Readonly<Record<string, string>> = {
  'Salesforce:Core:Bot:Id': 'bot',
  'Salesforce:Core:Queue:Id': 'queue',
  'Salesforce:Core:Skill:Id': 'skill',
  'Salesforce:Core:Flow:Id': 'flow',
  'Salesforce:Core:Agent:Id': 'agent',
  'Salesforce:Core:User:Id': 'agent',
};

/** What came with an answer besides its envelope, and where the session stood before. */
export interface TurnSource {
  readonly before: SessionState;
  readonly crc?: string | undefined;
  /** The sequence number that was answered. */
  readonly sequence: number;
}

/** See the file's comment. */
export function toTurn(envelope: Envelope, { before, crc, sequence }: TurnSource): BotTurn {
  const said = envelope.messages.flatMap((message) => toWord(message) ?? []);
  const escalate = envelope.messages.find((message) => message.type === 'escalate');
  const ended = envelope.messages.find((message) => message.type === 'sessionEnded');
  const choices = envelope.messages.findLast((message) => message.type === 'choices');
  const intents = envelope.intents
    ?.map(toIntent)
    .sort((one, other) => (other.confidence ?? 0) - (one.confidence ?? 0));
  const { session, bot, generation } = before;
  return {
    session: {
      generation: generation + 1,
      session,
      bot,
      last: Math.max(before.last, sequence),
      ...keptCrc(crc ?? before.crc),
      ...(choices && numbersKept(choices)),
      ...(ended && { over: true }),
    },
    sessionId: session,
    said,
    ...(escalate && { escalates: { messageId: escalate.id, targets: escalate.targets.map(toTarget) } }),
    ...(ended && { ended: { reason: ended.reason } }),
    ...(envelope.variables && { variables: envelope.variables }),
    ...(intents && { intents }),
  };
}

function toWord(message: WireMessage): BotWord | undefined {
  switch (message.type) {
    case 'text':
      return { id: message.id, text: message.text, delayMs: delayOf(message) };
    case 'choices': {
      const choices = message.choices.map(({ id, label }) => ({ id, label }));
      const text = numbered(message.choices)
        .map(({ number, label }) => `${number}. ${label}`)
        .join('\n');
      return { id: message.id, text, choices, delayMs: delayOf(message) };
    }
    case 'escalate':
    case 'sessionEnded':
      return undefined;
    default:
      return assertNever(message);
  }
}

function toTarget({ type, value }: { readonly type: string; readonly value: string }): RequestedTarget {
  return { kind: Object.hasOwn(KINDS, type) ? (KINDS[type] ?? type) : type, id: value };
}

function toIntent({ label, confidenceScore }: NonNullable<Envelope['intents']>[number]): {
  readonly label: string;
  readonly confidence?: number;
} {
  return { label, ...(typeof confidenceScore === 'number' && { confidence: confidenceScore }) };
}

function delayOf({
  schedule,
}: {
  readonly schedule?: { responseDelayMilliseconds: number } | null | undefined;
}): number {
  return Math.min(schedule?.responseDelayMilliseconds ?? 0, LONGEST_DELAY_MS);
}

/** A state is small: a checksum has a few characters. */
function keptCrc(crc: string | undefined): { readonly crc?: string } {
  return crc !== undefined && crc.length <= 500 ? { crc } : {};
}

function numbersKept({ choices }: WireMessage & { type: 'choices' }): {
  readonly choices?: [string, string][];
} {
  const kept = numbered(choices).map(({ number, id }): [string, string] => [number, id]);
  return JSON.stringify(kept).length <= 4_000 ? { choices: kept } : {};
}
