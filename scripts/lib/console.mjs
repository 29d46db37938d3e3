// What the scripts say. Everything goes to stderr, because stdout belongs to what is started: `npm start -- --json`
// prints JSON lines there and nothing else.

/** One line for a human reader. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs `work` and says how long it took when that was more than a second; while it runs, says so every 5 s. */
export async function step(name, work) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const firstWord = setTimeout(() => say(`${name} …`), 1000);
  const ticker = setInterval(() => say(`${name} … ${seconds()}`), 5000);
  try {
    return await work();
  } finally {
    clearTimeout(firstWord);
    clearInterval(ticker);
    if (Date.now() - startedAt > 1000) say(`${name}: ${seconds()}`);
  }
}

/** An error whose message is all that the reader needs: no stack trace. */
export class PlainError extends Error {}

/** Runs a script's main function; a failure is one clear message and exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    say(
      error instanceof PlainError || error?.name === 'BatonError'
        ? error.message
        : String(error?.stack ?? error),
    );
    process.exitCode = 1;
  }
}
