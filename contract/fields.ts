// The kinds of fields that the configuration is made of. Each says in one sentence what is wrong and in another
// what to do about it; both end up in the fault that the reader sees.
import { z } from 'zod';
import type { Secret } from '../domain/configuration';
import { templateFault } from '../domain/template';
import { DURATION_PATTERN, parseDuration } from './duration';
import {
  looksLikeReference,
  parseReference,
  REFERENCE_PATTERN,
  SecretText,
  type ResolveReference,
} from './secret';

/** What a text must be like. */
export interface TextRule {
  readonly description: string;
  readonly max: number;
  /** ASCII pattern over the whole text, with the words for it. */
  readonly pattern?: { readonly is: RegExp; readonly message: string; readonly remedy: string };
  /** May hold `{$botContext.name}`. */
  readonly template?: boolean;
  readonly examples?: readonly string[];
}

const UNPRINTABLE = /\0|\p{Surrogate}/u;
/** Credentials and options whose names say that their value is no secret. */
const IDENTITY_NAME =
  /(^|[a-z_])(user|username|login|loginname|email|account|id|url|uri|host|audience|issuer|subject|scope)$/i;
/** Options whose names say that their value is a secret. */
const SECRET_NAME =
  /(password|passwd|passphrase|secret|token|credential|private_?key|api_?key|access_?key)$/i;

const issue = (message: string, remedy: string): { error: string; params: { remedy: string } } => ({
  error: message,
  params: { remedy },
});

/** A text of 1 to `max` characters. */
export function text(rule: TextRule): z.ZodType<string, string> {
  const { pattern } = rule;
  let schema = z
    .string()
    .min(1)
    .max(rule.max)
    .refine(
      (value) => !UNPRINTABLE.test(value),
      issue('holds a NUL or half a character', 'Write it again; it has been damaged.'),
    );
  if (pattern)
    schema = schema.refine((value) => pattern.is.test(value), issue(pattern.message, pattern.remedy));
  if (rule.template)
    schema = schema.refine(
      (value) => templateFault(value) === undefined,
      issue(
        'has a malformed template',
        'A template is `{$botContext.name}`, with letters, digits, `_`, `.` and `-` in the name.',
      ),
    );
  return schema.meta({
    description: rule.description,
    ...(pattern && { pattern: pattern.is.source }),
    ...(rule.examples && { examples: rule.examples }),
  });
}

/** A vendor's id: kept as text; a number is taken when no digit of it got lost. */
export function id(rule: Omit<TextRule, 'max' | 'pattern'>): z.ZodType<string, string | number> {
  const number = z.int().nonnegative().transform(String);
  return z.union([text({ ...rule, max: 200 }), number]).meta({ description: rule.description });
}

/** A duration between two durations, inclusive; milliseconds in the result. */
export function duration(rule: {
  readonly description: string;
  readonly min: string;
  readonly max: string;
}): z.ZodType<number, string> {
  const [min = 0, max = 0] = [parseDuration(rule.min), parseDuration(rule.max)];
  return z
    .string()
    .refine(
      (value) => parseDuration(value) !== undefined,
      issue(
        'is not a duration',
        'Write a whole number and a unit (ms, s, m, h, d), such as `3m` or `2000ms`.',
      ),
    )
    .refine(
      (value) => {
        const ms = parseDuration(value);
        return ms === undefined || (ms >= min && ms <= max);
      },
      issue(
        `is not between ${rule.min} and ${rule.max}`,
        `Choose a duration from ${rule.min} to ${rule.max}.`,
      ),
    )
    .transform((value) => parseDuration(value) ?? 0)
    .meta({ description: `${rule.description} ${rule.min} to ${rule.max}.`, pattern: DURATION_PATTERN });
}

/** A secret, which only a reference may give. */
export function secret(
  resolve: ResolveReference,
  rule: { readonly description: string; readonly minLength?: number },
): z.ZodType<Secret, string> {
  const minLength = rule.minLength ?? 1;
  return z
    .string()
    .transform((value, ctx): Secret => {
      const found = followSecret(value, resolve);
      if (!found.ok) return refuse(ctx, found.message, found.remedy);
      if (found.value.length < minLength)
        return refuse(ctx, `leads to fewer than ${minLength} characters`, 'Use a longer random value.');
      return new SecretText(found.value);
    })
    .meta({ description: rule.description, pattern: REFERENCE_PATTERN });
}

/** Plain text that may come from the environment, such as a host that differs between machines. */
export function textOrReference(resolve: ResolveReference, rule: TextRule): z.ZodType<string, string> {
  const plain = text(rule);
  return z
    .string()
    .transform((value, ctx): string => {
      if (!looksLikeReference(value)) return value;
      const found = follow(value, resolve);
      return found.ok ? found.value : refuse(ctx, found.message, found.remedy);
    })
    .pipe(plain)
    .meta({ description: rule.description });
}

/** Credentials by the platform's names: secrets unless the name says that it is an identity (`username`, `clientId`). */
export function credentials(
  resolve: ResolveReference,
  description: string,
): z.ZodType<Readonly<Record<string, Secret | string>>, Record<string, string>> {
  return z
    .record(fieldName, z.string().max(10_000))
    .transform((record, ctx) => {
      const entries = Object.entries(record).map(([name, value]): [string, Secret | string] => {
        if (IDENTITY_NAME.test(name) && !looksLikeReference(value)) return [name, value];
        const found = followSecret(value, resolve);
        return [
          name,
          found.ok ? new SecretText(found.value) : refuse(ctx, found.message, found.remedy, [name]),
        ];
      });
      return Object.fromEntries(entries);
    })
    .meta({ description });
}

/**
 * Options that only the platform knows. References are followed at any depth: a name such as `secret` or `token`
 * gives a {@link Secret} and takes nothing but a reference, any other name gives plain text.
 */
export function options(
  resolve: ResolveReference,
  description: string,
): z.ZodType<Readonly<Record<string, unknown>>, Record<string, unknown>> {
  return z
    .record(fieldName, z.json())
    .transform((record, ctx) => {
      const walk = (value: unknown, path: readonly PropertyKey[]): unknown => {
        if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
        if (typeof value === 'object' && value !== null)
          return Object.fromEntries(
            Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]),
          );
        return typeof value === 'string' ? optionText(value, path) : value;
      };
      const optionText = (value: string, path: readonly PropertyKey[]): unknown => {
        const isSecret = SECRET_NAME.test(String(path.at(-1)));
        if (!isSecret && !looksLikeReference(value)) return value;
        const found = isSecret ? followSecret(value, resolve) : follow(value, resolve);
        if (!found.ok) return refuse(ctx, found.message, found.remedy, path);
        return isSecret ? new SecretText(found.value) : found.value;
      };
      return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, walk(value, [name])]));
    })
    .meta({ description });
}

/** Name of a credential, an option or a custom data field. */
export const fieldName = z
  .string()
  .refine(
    (value) => /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(value),
    issue(
      'is not a field name',
      'Start with a letter and go on with letters, digits, `_` and `-`; 64 at most.',
    ),
  );

/** An http or https URL without credentials. */
export const URL_PATTERN = {
  is: /^https?:\/\/[^\s@/?#]+(?:[/?][^\s#]*)?$/,
  message: 'is not an http or https URL',
  remedy: 'Write the whole URL, such as `https://bot.example/notices`, without user, password or fragment.',
};

function followSecret(value: string, resolve: ResolveReference): ReturnType<ResolveReference> {
  return looksLikeReference(value)
    ? follow(value, resolve)
    : {
        ok: false,
        message: 'is a secret written in the file',
        remedy:
          'Put the value in an environment variable or a file and name it: `${env:NAME}` or `${file:PATH}`.',
      };
}

function follow(value: string, resolve: ResolveReference): ReturnType<ResolveReference> {
  const reference = parseReference(value);
  return reference
    ? resolve(reference)
    : {
        ok: false,
        message: 'is not a whole reference',
        remedy: 'The value must be exactly `${env:NAME}` or `${file:PATH}`, with nothing before or after it.',
      };
}

function refuse(
  ctx: z.RefinementCtx,
  message: string,
  remedy: string,
  path: readonly PropertyKey[] = [],
): never {
  ctx.addIssue({ code: 'custom', message, path: [...path], params: { remedy } });
  return z.NEVER;
}
