// The few pieces of SOQL that are put together here. Every value from outside goes through `quoted`.

/** A string literal. */
export function quoted(value: string): string {
  const escaped = value
    .replace(/[\\']/g, (char) => `\\${char}`)
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r');
  return `'${escaped}'`;
}

/** `IN (…)` of at least one value. */
export function oneOf(values: readonly string[]): string {
  return `IN (${values.map(quoted).join(',')})`;
}
