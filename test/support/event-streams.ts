// Event streams as a test reads them: one connection with its headers, comments and events.
import type { NoticeEnvelope } from '../../domain/notice';
import { until } from './until';

/** One event. */
export interface ReadEvent {
  readonly id: string;
  readonly event: string;
  readonly data: NoticeEnvelope;
}

/** One connection. */
export interface OpenStream {
  readonly status: number;
  readonly headers: Headers;
  /** Everything that came so far. */
  text(): string;
  events(): readonly ReadEvent[];
  untilEvents(count: number): Promise<readonly ReadEvent[]>;
  /** Resolves when the gateway ends the stream, or it breaks. */
  readonly ended: Promise<void>;
  leave(): void;
}

/** Opens a stream. */
export async function openStream(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<OpenStream> {
  const connection = new AbortController();
  const answer = await fetch(url, { headers, signal: connection.signal });
  let text = '';
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true });
  };
  const ended = read().catch(() => undefined);
  const events = (): readonly ReadEvent[] => text.split('\n\n').slice(0, -1).flatMap(parse);
  return {
    status: answer.status,
    headers: answer.headers,
    text: () => text,
    events,
    untilEvents: (count) => until(`${count} events`, () => events().length >= count && events()),
    ended,
    leave: () => connection.abort(),
  };
}

function parse(block: string): ReadEvent[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
  if (id === undefined || event === undefined || data === undefined) return [];
  return [{ id, event, data: JSON.parse(data) as NoticeEnvelope }];
}
