// The event router: what happens to an end user's conversations, pushed to every stream that is open for them, and
// replayed to a new one. It can lose, fall silent and be cut on order.
import type { Outlet, SimulatorAnswer } from '../../simulation/server';
import type { StoredEntry, StoredEvent, World } from './world';

/** See the file's comment. */
export interface Streams {
  /** Answers a request for a stream. */
  open(subject: string, lastEventId: string, gone: AbortSignal): SimulatorAnswer;
  publish(subject: string, name: string, conversation: string, entry: StoredEntry | undefined): void;
  /** Cuts every open stream. */
  cut(): void;
  /** The next events reach no open stream. */
  lose(count: number): void;
  /** Streams that are open now say nothing any more, not even pings. */
  silence(): void;
  /** How many streams are open, and how many ever were. */
  counts(): { readonly open: number; readonly ever: number };
  close(): void;
}

interface Open {
  readonly subject: string;
  readonly outlet: Outlet;
  isSilent: boolean;
}

const MAX_EVENTS = 2_000;
const EVENT_NAMES: Readonly<Record<string, string>> = {
  RoutingResult: 'CONVERSATION_ROUTING_RESULT',
  RoutingWorkResult: 'CONVERSATION_ROUTING_WORK_RESULT',
  ParticipantChanged: 'CONVERSATION_PARTICIPANT_CHANGED',
  Message: 'CONVERSATION_MESSAGE',
  SessionStatusChanged: 'CONVERSATION_SESSION_STATUS_CHANGED',
  CloseConversation: 'CONVERSATION_CLOSE_CONVERSATION',
  QueuePosition: 'CONVERSATION_QUEUE_POSITION',
  TypingStartedIndicator: 'CONVERSATION_TYPING_STARTED_INDICATOR',
  TypingStoppedIndicator: 'CONVERSATION_TYPING_STOPPED_INDICATOR',
};

/** Name of the event that tells of an entry of this type. */
export function eventName(entryType: string): string {
  return EVENT_NAMES[entryType] ?? 'CONVERSATION_SOMETHING_NEW';
}

/** See {@link Streams}. */
export function createStreams(world: World): Streams {
  const opened = new Set<Open>();
  let ever = 0;
  let toLose = 0;
  const ping = (): void => {
    for (const { outlet, isSilent } of opened) if (!isSilent) outlet.write('event: ping\ndata: 0\n\n');
    timer = setTimeout(ping, world.settings.pingMs);
  };
  let timer = setTimeout(ping, world.settings.pingMs);

  return {
    open(subject, lastEventId, gone) {
      const after = Number(lastEventId) || 0;
      return {
        kind: 'stream',
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
        start(outlet) {
          ever += 1;
          const stream: Open = { subject, outlet, isSilent: false };
          opened.add(stream);
          gone.addEventListener('abort', () => opened.delete(stream), { once: true });
          outlet.write('event: ping\ndata: 0\n\n');
          if (!world.settings.replays) return;
          for (const event of world.events[subject] ?? [])
            if (event.id > after) outlet.write(frame(world, event));
        },
      };
    },
    publish(subject, name, conversation, entry) {
      world.lastEvent += 1;
      const event: StoredEvent = { id: world.lastEvent, name, conversation, entry };
      const events = (world.events[subject] ??= []);
      events.push(event);
      if (events.length > MAX_EVENTS) events.shift();
      if (toLose > 0) {
        toLose -= 1;
        return;
      }
      for (const stream of opened)
        if (stream.subject === subject && !stream.isSilent) stream.outlet.write(frame(world, event));
    },
    cut() {
      for (const { outlet } of opened) outlet.end('break');
      opened.clear();
    },
    lose: (count) => void (toLose += count),
    silence() {
      for (const stream of opened) stream.isSilent = true;
    },
    counts: () => ({ open: opened.size, ever }),
    close() {
      clearTimeout(timer);
      for (const { outlet } of opened) outlet.end('end');
    },
  };
}

function frame(world: World, { id, name, conversation, entry }: StoredEvent): string {
  const data = {
    channelPlatformKey: 'key',
    channelType: 'embedded_messaging',
    channelAddressIdentifier: '3c1f2a8e-0000-4000-8000-000000000000',
    conversationId: conversation,
    ...(entry && { conversationEntry: render(entry, world.settings.streamPayload) }),
  };
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The entry as it goes out. */
export function render(entry: StoredEntry, payload: 'string' | 'object'): object {
  const { transcriptedTimestamp, entryPayload, sender } = entry;
  return {
    ...entry,
    sender: { ...sender, appType: sender.role === 'EndUser' ? 'iamessage' : 'agent', clientIdentifier: 'c' },
    clientTimestamp: transcriptedTimestamp,
    relatedRecords: ['0Mw5e000000abcdEAA'],
    entryPayload: payload === 'string' ? JSON.stringify(entryPayload) : entryPayload,
  };
}
