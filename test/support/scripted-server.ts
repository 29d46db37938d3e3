// A plain HTTP server that gives one scripted answer after the other, the last one for ever, and keeps what came.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request. */
export interface CameIn {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One answer: by itself, or written by the test. */
export type ScriptedAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly json?: unknown }
  | ((response: ServerResponse, request: CameIn) => void);

/** See the file's comment. */
export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly CameIn[];
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startScriptedServer(...answers: ScriptedAnswer[]): Promise<ScriptedServer> {
  const requests: CameIn[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const came = { method, url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(came);
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      if (typeof answer === 'function') return answer(response, came);
      response.writeHead(answer?.status ?? 204, { 'content-type': 'application/json', ...answer?.headers });
      response.end(answer?.json === undefined ? undefined : JSON.stringify(answer.json));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
