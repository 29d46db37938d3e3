// Pastes the shell blocks of a page into one shell, as a reader does, and reads what they print.
import { spawn } from 'node:child_process';

/** Where the shell runs. */
export interface PasteOptions {
  /** Besides `PATH`. */
  readonly env?: NodeJS.ProcessEnv;
  readonly folder?: string;
}

/** What each block printed. */
export async function paste(texts: readonly string[], { env, folder }: PasteOptions = {}): Promise<string[]> {
  const MARK = '=== block ===';
  const script = texts.map((text) => `${text}\nprintf '\\n%s\\n' '${MARK}'`).join('\n');
  const bash = spawn('bash', ['-s'], {
    env: { PATH: process.env['PATH'], ...env },
    ...(folder !== undefined && { cwd: folder }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  bash.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  bash.stdin.end(script);
  await new Promise((resolve) => bash.once('close', resolve));
  return output.split(`\n${MARK}\n`).map((text) => text.trim());
}

/** Every JSON object in a text, in order. */
export function jsonIn(text: string): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  for (let from = text.indexOf('{'); from >= 0; from = text.indexOf('{', from)) {
    const end = endOfObject(text, from);
    found.push(JSON.parse(text.slice(from, end)) as Record<string, unknown>);
    from = end;
  }
  return found;
}

function endOfObject(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '{') depth += 1;
    else if (!quoted && char === '}' && (depth -= 1) === 0) return at + 1;
  }
  throw new Error(`no object ends in: ${text.slice(from, from + 200)}`);
}
