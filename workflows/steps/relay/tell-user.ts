// What Baton itself tells the user while it carries a chat: beside the story, and never twice at a time.
import type { EscalationState } from '../../../domain/escalation-state';
import { ownMessageId } from '../../../domain/ids';
import { DEFAULT_UNDELIVERED } from '../../../domain/plan';
import type { RelayState } from '../../../domain/relay';
import { hasUser } from '../../../domain/relay-limits';
import { callWithRetries, faultName } from '../../calls';
import { narrate } from '../../inspect';
import { atBot } from '../at-bot';

const TELL_MS = 120_000;

/** Whether there is something to tell the user, somebody to tell it to, and nobody telling it. */
export function mayTell(relay: RelayState): boolean {
  return relay.untold > 0 && !relay.telling && hasUser(relay);
}

/** Tells the user, once for all of them, that messages did not arrive. */
export async function tellUndelivered(state: EscalationState): Promise<void> {
  const { relay, plan } = state;
  if (!relay || !plan || !mayTell(relay)) return;
  relay.telling = true;
  while (relay.untold > 0 && hasUser(relay)) {
    narrate(state, 'user_message_undelivered', String(relay.untold));
    relay.untold = 0;
    relay.told += 1;
    const text = plan.relay?.undelivered ?? DEFAULT_UNDELIVERED;
    await postBeside(state, plan.bot, `undelivered/${relay.told}`, text);
  }
  delete relay.telling;
}

/** Posts a text of Baton's; the end of the escalation waits for it. */
export async function postBeside(
  state: EscalationState,
  bot: string,
  role: string,
  text: string,
  only: { readonly while?: () => boolean } = {},
): Promise<void> {
  const { conversationId } = state;
  const id = ownMessageId(conversationId, state.request?.requestId ?? '', role);
  state.settling += 1;
  const input = { ...atBot(state, bot), messages: [{ id, text }] };
  const posted = await callWithRetries('postToUser', input, {
    summary: 'Post a message of Baton to the user',
    deadlineAt: Date.now() + TELL_MS,
    interrupted: () => !(only.while?.() ?? true),
  });
  if (posted.kind !== 'done') narrate(state, 'not_posted', faultName(posted));
  state.settling -= 1;
}
