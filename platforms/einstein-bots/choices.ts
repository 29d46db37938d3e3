// Choices for users who see text only: each has a number before it, and who writes the number has chosen.

/** A choice as a bot gives it. `alias`: the bot's own number of it. */
interface Given {
  readonly id: string;
  readonly label: string;
  readonly alias?: string | null | undefined;
}

/** The choices with their numbers: the bot's own where each has one and no two are the same, else from 1. */
export function numbered(
  choices: readonly Given[],
): readonly { readonly number: string; readonly id: string; readonly label: string }[] {
  const own = choices.map(({ alias }) => alias ?? '');
  const hasOwn = own.every((alias) => alias !== '') && new Set(own).size === own.length;
  return choices.map(({ id, label }, index) => ({
    number: (hasOwn ? own[index] : undefined) ?? String(index + 1),
    id,
    label,
  }));
}

/** The id of the choice that a user's text names by its number; undefined: it is a text like any other. */
export function chosen(
  text: string,
  choices: readonly (readonly [number: string, id: string])[] = [],
): string | undefined {
  const written = text.trim().replace(/[.)]$/, '');
  return choices.find(([number]) => number === written)?.[1];
}
