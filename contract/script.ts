// A script of the bot's owner in baton.yaml: inline, or in a file beside it.
import { z } from 'zod';
import { looksLikeReference, parseReference, type ResolveReference } from './secret';

const MAX_SCRIPT_LENGTH = 32_000;

/** The script itself, wherever it is written. */
export const scriptSchema = (resolve: ResolveReference): z.ZodType<string, string> =>
  z
    .string()
    .transform((value, ctx): string => {
      const reference = parseReference(value.trim());
      const found = reference ? resolve(reference) : { ok: true as const, value };
      const problem = scriptProblem(found);
      if (found.ok && !problem) return found.value;
      ctx.addIssue({ code: 'custom', ...problem, path: [] });
      return z.NEVER;
    })
    .meta({
      description:
        'JavaScript that makes data for the bot out of the raw result; inline, or `${file:PATH}` beside this file.',
    });

function scriptProblem(
  found: ReturnType<ResolveReference>,
): { message: string; params: { remedy: string } } | undefined {
  if (!found.ok) return { message: found.message, params: { remedy: found.remedy } };
  if (looksLikeReference(found.value) && /^\s*\$\{(env|file):/.test(found.value))
    return {
      message: 'is not a whole reference',
      params: { remedy: 'Write the script itself, or exactly `${file:PATH}`.' },
    };
  if (found.value.trim() === '' || found.value.length > MAX_SCRIPT_LENGTH)
    return {
      message: `is not a script of 1 to ${MAX_SCRIPT_LENGTH} characters`,
      params: { remedy: 'Leave the field out to have no script, or shorten it.' },
    };
  return undefined;
}
