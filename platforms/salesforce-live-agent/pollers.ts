// Who polls which chat in this process. Two polls at once end a chat, so a second listener of one chat takes the place
// of the first, and begins when that has ended. A sender that finds the chat moved can wake its poller here, if it is
// in the same process; elsewhere the next poll finds out.

/** A listener's place. */
export interface PollerPlace {
  /** Aborts when the listener has to give its place up. */
  readonly replaced: AbortSignal;
  /** Aborts when the chat is said to have moved. Anew after each call of {@link PollerPlace.settled}. */
  moved(): AbortSignal;
  settled(): void;
  leave(): void;
}

/** See the file's comment. */
export interface Pollers {
  /** Resolves when the place is free. */
  enter(sessionId: string): Promise<PollerPlace>;
  wake(sessionId: string): void;
}

interface Held {
  readonly replace: AbortController;
  readonly left: Promise<void>;
  moved: AbortController;
}

/** See {@link Pollers}. */
export function createPollers(): Pollers {
  const held = new Map<string, Held>();
  return {
    async enter(sessionId) {
      const before = held.get(sessionId);
      let leave: () => void = () => undefined;
      const left = new Promise<void>((resolve) => (leave = resolve));
      const own: Held = { replace: new AbortController(), left, moved: new AbortController() };
      held.set(sessionId, own);
      before?.replace.abort(new Error('another listener has taken over'));
      await before?.left;
      return {
        replaced: own.replace.signal,
        moved: () => own.moved.signal,
        settled: () => {
          own.moved = new AbortController();
        },
        leave() {
          if (held.get(sessionId) === own) held.delete(sessionId);
          leave();
        },
      };
    },
    wake: (sessionId) => held.get(sessionId)?.moved.abort(),
  };
}
