// Takes card numbers, e-mail addresses, phone numbers and a tenant's own patterns out of text. Pure, and its time is
// linear in the text. What it puts there instead is never looked into again, so that masking twice is masking once.
import type { MaskingConfiguration } from './configuration';
import { maskCardNumbers } from './mask-card-numbers';
import { maskPhones } from './mask-phones';

/** Masks one text. */
export type MaskText = (text: string) => string;

/** What stands in the text instead of a card number. */
export const CARD_MASK = '[card number]';
/** What stands in the text instead of an e-mail address. */
export const EMAIL_MASK = '[e-mail]';
/** What stands in the text instead of a phone number. */
export const PHONE_MASK = '[phone]';

/**
 * What was found can uncover something beside it, such as a number that begins where a word ended. It rarely does
 * so twice; text that was made to do so more often is masked as far as this.
 */
const MAX_ROUNDS = 4;
const EMAIL = /[\p{L}\p{N}._%+'-]{1,255}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;

/** The masking of a tenant. */
export function createMask(rules: MaskingConfiguration): MaskText {
  const steps = stepsOf(rules);
  const masks = [CARD_MASK, EMAIL_MASK, PHONE_MASK, ...rules.patterns.map(({ name }) => `[${name}]`)];
  // Names of patterns have no character that means something in a regular expression; brackets do.
  const known = new RegExp(`(${masks.map((mask) => mask.replace(/[[\]]/g, '\\$&')).join('|')})`);
  const round = (text: string): string => steps.reduce((masked, step) => outside(known, masked, step), text);
  return (text) => {
    let masked = text;
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      const before = masked;
      masked = round(masked);
      if (masked === before) break;
    }
    return masked;
  };
}

function stepsOf(rules: MaskingConfiguration): readonly MaskText[] {
  return [
    ...(rules.cardNumbers ? [(text: string) => maskCardNumbers(text, CARD_MASK)] : []),
    ...(rules.emails ? [(text: string) => text.replace(EMAIL, EMAIL_MASK)] : []),
    ...(rules.phones ? [(text: string) => maskPhones(text, PHONE_MASK)] : []),
    ...rules.patterns.map(
      ({ name, replaceAll }) =>
        (text: string) =>
          replaceAll(text, `[${name}]`),
    ),
  ];
}

/** Does the step on what lies between the masks; `split` with a group keeps them, at the odd places. */
function outside(known: RegExp, text: string, step: MaskText): string {
  return text
    .split(known)
    .map((part, index) => (index % 2 === 0 && part !== '' ? step(part) : part))
    .join('');
}
