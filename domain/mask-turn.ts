// Masks what a bot answers, before anything of it is written down. Ids are kept.
import type { BotTurn, BotWord } from './bot-session';
import type { TenantConfiguration } from './configuration';
import { createMask, type MaskText } from './mask';
import { maskTypedVariable } from './typed-variables';

/** The answer as its tenant wants it written down. Masking it again changes nothing. */
export function maskTurn({ masking }: Pick<TenantConfiguration, 'masking'>, turn: BotTurn): BotTurn {
  if (!masking) return turn;
  const mask = createMask(masking);
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
