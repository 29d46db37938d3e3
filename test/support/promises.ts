// What Baton promises of every escalation, whatever happens in it. The stage checks it at the end of every scene.
import type { Notice } from '../../domain/notice';
import type { Outcome } from '../../domain/outcome';
import { MAX_FAILURE_NOTICES } from '../../domain/plan';
import { aPlan } from './builders';
import { unlikeTheirSchema } from './notice-schema';
import type { World } from './world';

/** The end of an escalation that came to one. */
export interface Ending {
  /** Undefined where an operator cancelled the workflow, which then has no result. */
  readonly outcome: Outcome | undefined;
  /** Every plan of this world uses these texts unless the scene says otherwise. */
  readonly texts?: { readonly failure: string; readonly fallback: string };
}

/** What is wrong with how an escalation went; empty if every promise was kept. */
export function brokenPromises(world: World, ending: Ending): string[] {
  return [
    ...brokenToTheBot(world.notices),
    ...world.notices.flatMap(unlikeTheirSchema),
    ...brokenToTheUser(world, ending),
  ];
}

function brokenToTheBot(notices: readonly Notice[]): string[] {
  const broken: string[] = [];
  const failed = notices.filter((notice) => notice.type === 'escalation.failed').length;
  if (failed > MAX_FAILURE_NOTICES) broken.push(`${failed} failure notices`);
  for (const requestId of new Set(notices.map((notice) => notice.requestId))) {
    const told = notices.filter((notice) => notice.requestId === requestId);
    const types = told.filter(({ progress }) => !progress).map(({ type }) => type);
    if (types.length > 0 && !isToldOnce(types)) broken.push(`${requestId} was told ${types.join(', ')}`);
    const numbers = told.map(({ sequence }) => sequence);
    const inOrder = numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
    if (!inOrder) broken.push(`${requestId} was told in the order ${numbers.join(', ')}`);
  }
  return broken;
}

/** One outcome for each attempt; a failure may be followed by how the escalation ended without another. */
function isToldOnce(types: readonly string[]): boolean {
  const [outcome, closing, ...more] = types;
  if (closing === undefined) return true;
  // The human whose messages Baton carried is done.
  if (types.at(-1) === 'escalation.returned')
    return types.at(-2) === 'escalation.connected' && isToldOnce(types.slice(0, -1));
  // `connected`: a human who could not be taken back was found after the attempt had failed.
  const closings = ['connected', 'ended', 'abandoned', 'cancelled'].map((end) => `escalation.${end}`);
  const closes = closings.includes(closing);
  return outcome === 'escalation.failed' && closes && more.length === 0;
}

/** Exactly one of a transfer, a text that says there is none, a user who is gone, a bot that took it back. */
function brokenToTheUser(world: World, { outcome, texts }: Ending): string[] {
  const { failure, fallback } = texts ?? {
    failure: aPlan().failureMessage,
    fallback: aPlan().fallbackMessage,
  };
  const broken: string[] = [];
  if (world.humans.size > 1) broken.push(`${world.humans.size} humans are with the user`);
  const failures = world.userRead.filter((text) => text === failure).length;
  const told = failures > 0 || world.userRead.at(-1) === fallback;
  if (failures > 1) broken.push(`the failure text was posted ${failures} times`);
  if (outcome?.kind === 'failed' && !told) broken.push('the user was not told that there is no transfer');
  if (outcome && outcome.kind !== 'failed' && failures > 0)
    broken.push(`the failure text was posted, but the outcome is ${outcome.kind}`);
  if (outcome?.kind === 'connected' && world.humans.size === 0) broken.push('nobody is with the user');
  return broken;
}
