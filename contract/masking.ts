// The `masking` section of a tenant. Own patterns are compiled here, once, by an engine whose time is linear in the
// text (RE2), because they run over text that anybody can send.
import { RE2JS } from 're2js';
import { z } from 'zod';
import type { MaskingConfiguration, MaskingPattern } from '../domain/configuration';
import { text } from './fields';

const MAX_PATTERNS = 20;
const MAX_PATTERN_LENGTH = 300;
/** Instructions of a compiled pattern; each may cost one step for each character of a text. */
const MAX_PROGRAM_SIZE = 200;

const NAME_PATTERN = {
  is: /^[A-Za-z][A-Za-z0-9 _-]{0,39}$/,
  message: 'is not a name of a pattern',
  remedy: 'Start with a letter and go on with letters, digits, spaces, `_` and `-`; 40 at most.',
};

const flag = (description: string): z.ZodType<boolean, boolean | undefined> =>
  z.boolean().prefault(false).meta({ description });

type Compiled =
  | { readonly ok: true; readonly replaceAll: MaskingPattern['replaceAll'] }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

const patternSchema = z
  .strictObject({
    name: text({
      description: 'Stands in the text instead, in brackets: `[customer number]`.',
      max: 40,
      pattern: NAME_PATTERN,
    }),
    pattern: text({
      description: 'A regular expression of RE2: without look-around and back-references.',
      max: MAX_PATTERN_LENGTH,
    }),
  })
  .transform((file, ctx): MaskingPattern => {
    const compiled = compile(file.pattern);
    if (compiled.ok) return { ...file, replaceAll: compiled.replaceAll };
    const { message, remedy } = compiled;
    ctx.addIssue({ code: 'custom', message, path: ['pattern'], params: { remedy } });
    return z.NEVER;
  });

/** The section by itself. */
export const maskingSchema = (): z.ZodType<MaskingConfiguration, unknown> =>
  z
    .strictObject({
      cardNumbers: flag('Card numbers: 13 to 19 digits with a right check digit (Luhn).'),
      emails: flag('E-mail addresses.'),
      phones: flag('Phone numbers with `+`, or with separators. Digits alone are kept: they may be an id.'),
      patterns: z
        .array(patternSchema)
        .max(MAX_PATTERNS)
        .readonly()
        .prefault([])
        .meta({ description: 'Own patterns, tried in this order after the others.' }),
    })
    .meta({
      description:
        'What is taken out of message text and text variables before anything is written. Absent: nothing.',
    });

function compile(pattern: string): Compiled {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    return {
      ok: false,
      message: 'is not a regular expression of RE2',
      remedy: 'Look-around and back-references do not exist; `\\b`, classes and counts up to 1000 do.',
    };
  }
  if (compiled.programSize() > MAX_PROGRAM_SIZE)
    return { ok: false, message: 'is too large', remedy: 'Use smaller counts, or fewer alternatives.' };
  if (compiled.matcher('').find())
    return { ok: false, message: 'finds nothing everywhere', remedy: 'Ask for at least one character.' };
  return { ok: true, replaceAll: (value, by) => replaceFound(compiled, value, by) };
}

/** What a pattern finds where there is nothing, such as `\b` between two words, is left alone. */
function replaceFound(pattern: RE2JS, value: string, by: string): string {
  const matcher = pattern.matcher(value);
  let replaced = '';
  let rest = 0;
  while (matcher.find()) {
    if (matcher.end() === matcher.start()) continue;
    replaced += value.slice(rest, matcher.start()) + by;
    rest = matcher.end();
  }
  return replaced + value.slice(rest);
}
