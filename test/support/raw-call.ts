// A socket that speaks HTTP by hand: for what no client would send.
import { connect, type Socket } from 'node:net';

/** See the file's comment. */
export interface RawCall {
  readonly socket: Socket;
  /** Sends text as it is. */
  send(text: string): void;
  /** What has come so far. */
  received(): string;
  /** Everything that came, once the other side has closed. */
  readonly closed: Promise<string>;
  close(): void;
}

/** Opens one to a port of loopback. */
export function openRawCall(port: number): RawCall {
  const socket = connect({ port, host: '127.0.0.1' });
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => void (text += chunk));
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  return {
    socket,
    send: (part) => void socket.write(part),
    received: () => text,
    closed,
    close: () => void socket.destroy(),
  };
}

/** Sends a whole text on a connection of its own and gives all that comes back until the other side closes. */
export async function callRaw(port: number, text: string): Promise<string> {
  const call = openRawCall(port);
  call.send(text);
  return call.closed;
}

/** The status and the problem document in a raw answer. */
export function rawProblem(answer: string): { readonly status: number; readonly code: string } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  if (!/content-type: application\/problem\+json/i.test(head)) return { status, code: 'no problem document' };
  return { status, code: (JSON.parse(body) as { code: string }).code };
}
