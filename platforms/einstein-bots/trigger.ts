// What a client of the Einstein Bots API hands over when its bot asks to escalate: the bot's response as it came, and
// what the client knows besides. All of it is checked before anything is made of it, and nothing is sent.
import { z } from 'zod';
import type { BotConfiguration } from '../../domain/configuration';
import type { TriggerResult } from '../platform';
import { entryBotId } from './bot-options';
import { isValidTargetId } from './desk';
import { toTurn } from './turn';
import { variableSchema } from './variables';
import { intentSchema, messageSchema } from './wire';

const id = z.string().min(1).max(200);
const sequence = z.int().min(0);

/** An answer to a start or to a message, as the vendor's schema has it. */
const responseSchema = z.looseObject({
  sessionId: id.exactOptional(),
  processedSequenceIds: z.array(sequence),
  messages: z.array(messageSchema).max(100),
  variables: z.array(variableSchema).nullish(),
  intents: z.array(intentSchema).nullish(),
});

const handedSchema = z
  .strictObject({
    /** Needed with an answer to a message, which does not name its session. */
    sessionId: id.exactOptional(),
    response: responseSchema,
    /** `X-Runtime-CRC` of the response. */
    runtimeCrc: z.string().max(500).exactOptional(),
    /** The last `sequenceId` that the client has used. @default the greatest that the response says was processed */
    lastSequenceId: sequence.exactOptional(),
    /** The bot that answered. @default the configured one */
    botId: z
      .string()
      .refine((text) => isValidTargetId('bot', text), 'is not the id of a bot')
      .exactOptional(),
    reason: z.enum(['user_request', 'error', 'configured']).exactOptional(),
  })
  .superRefine(({ sessionId, response, lastSequenceId }, context) => {
    const say = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if (sessionId === undefined && response.sessionId === undefined)
      say(['sessionId'], 'is needed: the response does not name its session');
    if (sessionId !== undefined && response.sessionId !== undefined && sessionId !== response.sessionId)
      say(['sessionId'], 'is not the session of the response');
    if (lastSequenceId !== undefined && lastSequenceId < greatest(response.processedSequenceIds))
      say(['lastSequenceId'], 'is less than what the response says was processed');
  });

/** See the file's comment. */
export function readTrigger(bot: BotConfiguration, handed: Readonly<Record<string, unknown>>): TriggerResult {
  const read = handedSchema.safeParse(handed);
  if (!read.success)
    return {
      kind: 'invalid',
      faults: read.error.issues.map(({ path, message }) => ({ pointer: pointerTo(path), detail: message })),
    };
  const { response, lastSequenceId, runtimeCrc: crc, reason } = read.data;
  const session = read.data.sessionId ?? response.sessionId ?? '';
  const botId = read.data.botId ?? entryBotId(bot);
  const last = lastSequenceId ?? greatest(response.processedSequenceIds);
  const before = { generation: 0, session, bot: botId, last };
  const { variables, intents, ...envelope } = response;
  const turn = toTurn(
    { ...envelope, variables: variables ?? undefined, intents: intents ?? undefined },
    { before, crc, sequence: last },
  );
  return { kind: 'turn', turn, botId, sequence: last, ...(reason !== undefined && { reason }) };
}

function greatest(sequences: readonly number[]): number {
  return Math.max(0, ...sequences);
}

/** RFC 6901, from the body of the trigger. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
