// A plain HTTP server that keeps every request as it came, byte by byte, and answers as a test says.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** One request. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What to answer. */
export interface RecorderAnswer {
  readonly status: number;
  readonly body?: string;
}

/** See the file's comment. */
export interface Recorder {
  readonly url: string;
  readonly requests: readonly Recorded[];
  /** From now on, for paths that begin so. */
  answer(path: string, answer: RecorderAnswer): void;
  close(): Promise<void>;
}

/** Answers 204 until told otherwise. */
export async function startRecorder(): Promise<Recorder> {
  const requests: Recorded[] = [];
  const answers = new Map<string, RecorderAnswer>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      requests.push({
        method: request.method ?? '',
        path,
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: Buffer.concat(chunks).toString('utf8'),
      });
      const [, answer] = [...answers].find(([prefix]) => path.startsWith(prefix)) ?? [];
      response.writeHead(answer?.status ?? 204, { 'content-type': 'application/json' });
      response.end(answer?.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (path, answer) => void answers.set(path, answer),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
