// Where a platform knows neither ids of ours nor a way to look, a line whose posting a killed worker could not write down
// is posted again rather than lost (docs/guarantees.md).

/** The lines, one that comes twice in a row once. */
export function withoutRepeats<T>(lines: readonly T[]): readonly T[] {
  return lines.filter((line, index) => line !== lines[index - 1]);
}
