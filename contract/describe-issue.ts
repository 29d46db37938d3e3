// Turns what zod found into sentences: what is wrong, and what to do. Never repeats a value from the file,
// which may be a secret that should not have been there.
import type { z } from 'zod';
import type { FaultPath, PathFault } from './fault';
import { knownKeys } from './json-schema';
import { nearest } from './nearest';

type Issue = z.core.$ZodIssue;

/** Remedies for fields that people forget, by name. */
const MISSING: Readonly<Record<string, string>> = {
  messageToUser: 'Write the text, or `BLANK_MESSAGE` to send none.',
  apiKeys: 'Add `apiKeys: {backend: sha256:…}` with the line that `baton keys create` prints.',
  notices: 'Add `notices:` with `webhook`, `signal` or the word `platform`.',
};

/** All faults that an issue stands for, with paths from the top of the file. */
export function describeIssue(issue: Issue, prefix: FaultPath = []): readonly PathFault[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key));
    case 'invalid_union':
      return describeUnion(issue, path);
    case 'invalid_key':
      return issue.issues
        .slice(0, 1)
        .flatMap((inner) => describeIssue({ ...inner, path: [] }, path).map(atKey));
    case 'invalid_type':
      return [{ path, ...describeType(issue, path) }];
    case 'invalid_value':
      return [
        {
          path,
          message: 'is not one of the values allowed',
          remedy: `Use ${issue.values.map((value) => `\`${String(value)}\``).join(', ')}.`,
        },
      ];
    case 'too_small':
    case 'too_big':
      return [{ path, ...describeSize(issue) }];
    case 'custom':
      return [{ path, message: issue.message, remedy: remedyOf(issue.params) }];
    default:
      return [{ path, message: issue.message, remedy: 'See docs/configuration.md for what goes here.' }];
  }
}

function atKey(fault: PathFault): PathFault {
  return { ...fault, atKey: true };
}

function unknownKey(path: FaultPath, key: string): PathFault {
  const known = knownKeys(path);
  const meant = nearest(key, known);
  return {
    path: [...path, key],
    atKey: true,
    message: 'is not a key that belongs here',
    remedy: meant
      ? `Did you mean \`${meant}\`?`
      : `Remove it. Known here: ${known.map((name) => `\`${name}\``).join(', ')}.`,
  };
}

/** The branch that the writer seems to have meant: the one that fails deepest. If all fail at once: what may stand here. */
function describeUnion(issue: Issue & { code: 'invalid_union' }, path: FaultPath): readonly PathFault[] {
  const absent = issue.errors.flat().find(isAbsence);
  if (absent) return describeIssue(absent, path);
  const branches = issue.errors.filter((branch) => !branch.some(isRootMismatch));
  const meant = branches.toSorted((a, b) => unknownKeys(a) - unknownKeys(b) || depth(b) - depth(a))[0];
  if (meant && (branches.length === 1 || unknownKeys(meant) === 0 || depth(meant) > 1))
    return meant.flatMap((inner) => describeIssue(inner, path));
  const mistyped = branches
    .flat()
    .flatMap((inner) => (inner.code === 'unrecognized_keys' ? inner.keys : []))[0];
  if (mistyped !== undefined && nearest(mistyped, knownKeys(path))) return [unknownKey(path, mistyped)];
  return [{ path, message: 'has none of the forms that may stand here', remedy: choices(issue, path) }];
}

function choices(issue: Issue & { code: 'invalid_union' }, path: FaultPath): string {
  const literals = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_value' ? inner.values : []));
  const all = [...knownKeys(path), ...literals.map(String)].map((choice) => `\`${choice}\``);
  return all.length > 0
    ? `Use one of ${all.join(', ')}; see docs/configuration.md.`
    : 'Put the value in quotes.';
}

/** Nothing stands where a value must. */
function isAbsence(issue: Issue): issue is Issue & { code: 'invalid_type' } {
  return (
    issue.path.length === 0 &&
    issue.code === 'invalid_type' &&
    /received (undefined|null)$/.test(issue.message)
  );
}

/** The value is of another type than the branch. */
function isRootMismatch(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function unknownKeys(branch: readonly Issue[]): number {
  return branch.filter((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0).length;
}

function depth(branch: readonly Issue[]): number {
  return Math.max(0, ...branch.map((issue) => issue.path.length));
}

function describeType(
  issue: Issue & { code: 'invalid_type' },
  path: FaultPath,
): { message: string; remedy: string } {
  const name = String(path.at(-1) ?? 'the file');
  if (issue.message.endsWith('received undefined'))
    return {
      message: 'is required',
      remedy: MISSING[name] ?? `Add \`${name}\`; docs/configuration.md says what it holds.`,
    };
  if (issue.message.endsWith('received null'))
    return { message: 'is empty', remedy: `Give it a value, or leave \`${name}\` out if it is optional.` };
  const remedy =
    issue.expected === 'string'
      ? 'Put the value in quotes; a duration needs a unit, such as `6000ms`.'
      : `Write ${WORDS[issue.expected] ?? issue.expected} here.`;
  return { message: `is not ${WORDS[issue.expected] ?? issue.expected}`, remedy };
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  object: 'a map of keys and values',
  record: 'a map of names and values',
  array: 'a list',
};

function describeSize(issue: Issue & { code: 'too_small' | 'too_big' }): { message: string; remedy: string } {
  const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
  if (issue.code === 'too_big')
    return { message: 'is too large', remedy: `${String(issue.maximum)}${unit} is the most.` };
  if (issue.origin === 'string')
    return { message: 'is empty', remedy: 'Give it a value, or leave the key out.' };
  const than = issue.inclusive === false ? 'more than ' : '';
  return {
    message: 'is too small',
    remedy: `Write ${than}${String(issue.minimum)}${unit}${than ? '' : ' or more'}.`,
  };
}

function remedyOf(params: Readonly<Record<string, unknown>> | undefined): string {
  const remedy = params?.['remedy'];
  return typeof remedy === 'string' ? remedy : 'See docs/configuration.md for what goes here.';
}
