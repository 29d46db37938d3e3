// Faults as activities throw them, and gates that hold an activity until the test lets it go on.
import type { ApplicationFailure } from '@temporalio/common';
import { toFailure } from '../../activities/faults';
import { BatonError, type BatonErrorOptions, type ErrorCode } from '../../domain/errors';

/** What an activity throws for a fault of the registry. */
export function aFault(code: ErrorCode, options: BatonErrorOptions = {}): ApplicationFailure {
  return toFailure(new BatonError(code, 'scripted', options)) as ApplicationFailure;
}

/** Throws each of the faults once, in order, then answers. */
export function failingFirst<T>(faults: readonly Error[], answer: T): () => T {
  const left = [...faults];
  return () => {
    const fault = left.shift();
    if (fault) throw fault;
    return answer;
  };
}

/** Something that waits until it is opened. */
export interface Gate {
  /** How many have come to the gate. */
  readonly waiting: number;
  pass(): Promise<void>;
  open(): void;
}

/** A closed gate. */
export function aGate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waiting = 0;
  return {
    get waiting() {
      return waiting;
    },
    pass: () => {
      waiting += 1;
      return opened;
    },
    open: () => open(),
  };
}
