// Secrets are named in the file and never written in it: `${env:NAME}` or `${file:PATH}`. Once read they are
// objects that print as `[secret]`, so that a log, an error or a stray JSON.stringify cannot give them away.
import type { Secret } from '../domain/configuration';

const REDACTED = '[secret]';
const REFERENCE = /^\$\{(env|file):([^${}]+)\}$/;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The pattern of a reference, for the JSON Schema. */
export const REFERENCE_PATTERN = '^\\$\\{(env|file):[^${}]+\\}$';

/** A {@link Secret} that shows its value to `reveal()` alone. */
export class SecretText implements Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}

/** Where a value is to be read from. */
export interface Reference {
  readonly kind: 'env' | 'file';
  readonly name: string;
}

/** The value that a reference leads to, or why it leads nowhere. */
export type Resolved =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

/** Follows references; made by whoever reads the file, because only that one knows environment and folder. */
export type ResolveReference = (reference: Reference) => Resolved;

/** Whether the text was meant to be a reference, well-formed or not. */
export function looksLikeReference(text: string): boolean {
  return text.includes('${');
}

/** The reference that a whole value is; undefined for anything else, also for a reference amid other text. */
export function parseReference(text: string): Reference | undefined {
  const [, kind, name] = REFERENCE.exec(text) ?? [];
  if (name === undefined || (kind !== 'env' && kind !== 'file')) return undefined;
  return kind === 'env' && !ENV_NAME.test(name) ? undefined : { kind, name };
}
