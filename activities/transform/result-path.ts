// Reads a path such as `items[0].title` or `items[i].title` out of a platform's raw result. Own properties
// only, so that a path never reaches a prototype; whatever is not there is simply not there.

/** One step: a property, an array index, or every element of an array. */
export type PathStep =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' };

/** Steps beyond this many are not followed. */
const MAX_STEPS = 64;

/** All values at the path, in order: none when it leads nowhere, several only if it has an `[i]`. */
export function valuesAt(root: unknown, steps: readonly PathStep[]): readonly unknown[] {
  if (steps.length > MAX_STEPS) return [];
  let values: readonly unknown[] = [root];
  for (const step of steps) values = values.flatMap((value) => follow(value, step));
  return values;
}

function follow(value: unknown, step: PathStep): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step.kind === 'each') return Array.isArray(value) ? (value as unknown[]) : [];
  if (step.kind === 'index' && !Array.isArray(value)) return [];
  const key = step.kind === 'index' ? String(step.index) : step.key;
  if (!Object.hasOwn(value, key) || (Array.isArray(value) && key === 'length')) return [];
  return [(value as Record<string, unknown>)[key]];
}
