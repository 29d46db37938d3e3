// Masks what a client hands over of a bot's session, before anything of it reaches Temporal.
import { MAX_REQUEST_BYTES } from '../contract/request';
import type { BotTurn, BotWord } from '../domain/bot-session';
import type { HandedOver } from '../domain/bot-session-messages';
import type { TenantConfiguration } from '../domain/configuration';
import { BatonError } from '../domain/errors';
import { createMask, type MaskText } from '../domain/mask';
import { maskTypedVariable } from '../domain/typed-variables';

/**
 * What was handed over as its tenant wants it written down; ids are kept.
 * @throws BatonError `ESC_REQUEST_TOO_LARGE`
 */
export function maskedHandover({ masking }: TenantConfiguration, handed: HandedOver): HandedOver {
  const given = masking ? withMask(createMask(masking), handed) : handed;
  if (Buffer.byteLength(JSON.stringify(given)) > MAX_REQUEST_BYTES)
    throw new BatonError(
      'ESC_REQUEST_TOO_LARGE',
      `more than ${MAX_REQUEST_BYTES} bytes to be kept of the session`,
    );
  return given;
}

function withMask(mask: MaskText, { turn, transcript, ...rest }: HandedOver): HandedOver {
  return {
    ...rest,
    turn: maskedTurn(mask, turn),
    ...(transcript && { transcript: transcript.map(({ from, text }) => ({ from, text: mask(text) })) }),
  };
}

function maskedTurn(mask: MaskText, turn: BotTurn): BotTurn {
  const { said, variables, intents } = turn;
  return {
    ...turn,
    said: said.map((word) => maskedWord(mask, word)),
    ...(variables && { variables: variables.map((each) => maskTypedVariable(each, mask)) }),
    ...(intents && { intents: intents.map((intent) => ({ ...intent, label: mask(intent.label) })) }),
  };
}

function maskedWord(mask: MaskText, word: BotWord): BotWord {
  const { text, choices } = word;
  return {
    ...word,
    text: mask(text),
    ...(choices && { choices: choices.map(({ id, label }) => ({ id, label: mask(label) })) }),
  };
}
