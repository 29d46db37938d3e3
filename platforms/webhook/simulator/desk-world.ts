// What the simulated desk knows and does: targets with agents, conversations, and transfers by their id.
// It keeps the promises of the wire format: one transfer per id, and nobody joins what was withdrawn.
import { z } from 'zod';
import { TARGET_KINDS } from '../../../domain/target';

/** What the agents of a target do with a transfer. */
export const behaviourSchema = z.discriminatedUnion('kind', [
  /** The first available agent joins after so long. */
  z.object({ kind: z.literal('accepts'), afterMs: z.number().int().nonnegative().default(0) }),
  /** They wait to be told over the control API. */
  z.object({ kind: z.literal('silent') }),
  /** Declined: in the answer, or by an event after so long. */
  z.object({
    kind: z.literal('declines'),
    reason: z.enum(['no_agents', 'closed_hours', 'rejected', 'invalid_target']),
    afterMs: z.number().int().positive().optional(),
  }),
]);

/** One target of the desk. */
export const targetSchema = z.object({
  kind: z.enum(TARGET_KINDS).default('skill'),
  id: z.string(),
  behaviour: behaviourSchema.default({ kind: 'silent' }),
  agents: z
    .array(z.object({ id: z.string(), available: z.boolean().default(true) }))
    .default([{ id: 'agent-1', available: true }]),
});

/** A target as the control API takes it. */
export type TargetOrder = z.input<typeof targetSchema>;
type SimulatedTarget = z.infer<typeof targetSchema>;
type Reason = 'no_agents' | 'closed_hours' | 'rejected' | 'invalid_target';

/** A transfer's target as it came over the wire. */
export const wireTarget = z.object({
  kind: z.enum(TARGET_KINDS),
  id: z.string(),
  name: z.string().optional(),
  agentId: z.string().optional(),
});
type WireTarget = z.infer<typeof wireTarget>;

/** How a transfer stands at the desk. */
export type Standing =
  | { readonly status: 'queued' }
  | { readonly status: 'connected'; readonly agentId: string }
  | { readonly status: 'declined'; readonly reason: Reason }
  | { readonly status: 'userLeft' }
  | { readonly status: 'withdrawn' };

/** One transfer. */
export interface SimulatedTransfer {
  readonly transferId: string;
  readonly conversationId: string;
  readonly target: WireTarget;
  /** Whom the desk asked. */
  readonly asked: readonly string[];
  standing: Standing;
}

/** One line of a chat after the connection. */
export interface SimulatedChatLine {
  readonly from: 'user' | 'agent';
  readonly messageId: string;
  readonly text?: string | undefined;
  readonly attachment?: { readonly url: string; readonly name: string } | undefined;
  /** Of the user's: as Baton counts them. */
  readonly number?: number;
}

/** A message of the user as it came over the wire. */
export interface UserLine {
  readonly conversationId: string;
  readonly transferId: string;
  readonly messageId: string;
  readonly number: number;
  readonly text?: string | undefined;
  readonly attachment?: { readonly url: string; readonly name: string } | undefined;
}

/** One conversation. */
export interface SimulatedConversation {
  /** What user and agents wrote after the connection, in the desk's order. */
  readonly chat: SimulatedChatLine[];
  /** The user's writing indicator, as last told. */
  userWrites: boolean;
  /** The user's side of the chat was closed. */
  chatClosed: boolean;
  userLeft: boolean;
  readonly transcript: { readonly id: string; readonly text: string }[];
  readonly joined: string[];
}

/** The request of a transfer as it came over the wire. */
export interface AskedTransfer {
  readonly conversationId: string;
  readonly transferId: string;
  readonly target: WireTarget;
  readonly message?: { readonly id: string; readonly text: string } | undefined;
}

/** Tells the other side. */
export type Tell = (
  type: string,
  transfer: SimulatedTransfer,
  more?: Readonly<Record<string, unknown>>,
) => void;

/** Answer to a request whose transfer was withdrawn, before it or since. */
const REFUSED: Standing = { status: 'declined', reason: 'rejected' };

/** See the file's comment. */
export class DeskWorld {
  readonly targets = new Map<string, SimulatedTarget>();
  readonly transfers = new Map<string, SimulatedTransfer>();
  readonly conversations = new Map<string, SimulatedConversation>();
  refusesAttachments = false;
  /** Withdrawals that came before their transfer. */
  readonly #refusedAhead = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(private readonly tell: Tell) {}

  setTarget(target: SimulatedTarget): void {
    this.targets.set(key(target), target);
  }

  conversation(id: string): SimulatedConversation {
    const known = this.conversations.get(id);
    if (known) return known;
    const made = {
      chat: [],
      userWrites: false,
      chatClosed: false,
      userLeft: false,
      transcript: [],
      joined: [],
    };
    this.conversations.set(id, made);
    return made;
  }

  request(asked: AskedTransfer): Standing {
    const known = this.transfers.get(asked.transferId);
    if (known) return known.standing.status === 'withdrawn' ? REFUSED : known.standing;
    if (this.#refusedAhead.has(asked.transferId)) return REFUSED;
    const conversation = this.conversation(asked.conversationId);
    if (conversation.userLeft) return { status: 'userLeft' };
    const { message, ...named } = asked;
    const target = this.targets.get(key(asked.target));
    const standing = this.#admit(target, asked.target);
    const transfer = { ...named, asked: askable(target, asked.target), standing };
    this.transfers.set(asked.transferId, transfer);
    if (standing.status !== 'queued' || !target) return standing;
    if (message && !conversation.transcript.some(({ id }) => id === message.id))
      conversation.transcript.push(message);
    this.#schedule(transfer, target);
    return standing;
  }

  lookUp(transferId: string): Standing | { readonly status: 'absent' } {
    return this.transfers.get(transferId)?.standing ?? { status: 'absent' };
  }

  withdraw(transferId: string): Standing {
    const transfer = this.transfers.get(transferId);
    if (!transfer) {
      this.#refusedAhead.add(transferId);
      return { status: 'withdrawn' };
    }
    if (transfer.standing.status === 'queued') transfer.standing = { status: 'withdrawn' };
    return transfer.standing;
  }

  check({ agentId, ...named }: WireTarget): Record<string, string> {
    const target = this.targets.get(key(named));
    if (!target) return { exists: 'no', available: 'no' };
    const available = target.agents.some((agent) => agent.available) ? 'yes' : 'no';
    if (agentId === undefined) return { exists: 'yes', available };
    const free = target.agents.some((agent) => agent.id === agentId && agent.available);
    return { exists: 'yes', available, agent: free ? 'yes' : 'no' };
  }

  /**
   * An agent joins, if the transfer still waits for one. `force`: the desk breaks its promise and lets the agent
   * join whatever was withdrawn, as a desk with a race in it would.
   */
  accept(transferId: string, agentId?: string, force = false): string | undefined {
    const transfer = this.transfers.get(transferId);
    const who = agentId ?? transfer?.asked[0];
    if (!transfer || who === undefined) return undefined;
    if (transfer.standing.status !== 'queued' && !force) return undefined;
    transfer.standing = { status: 'connected', agentId: who };
    this.conversation(transfer.conversationId).joined.push(who);
    this.tell('transfer.connected', transfer, { agentId: who });
    return who;
  }

  decline(transferId: string, reason: Reason): boolean {
    const transfer = this.transfers.get(transferId);
    if (transfer?.standing.status !== 'queued') return false;
    transfer.standing = { status: 'declined', reason };
    this.tell('transfer.declined', transfer, { reason });
    return true;
  }

  userLeaves(conversationId: string): void {
    this.conversation(conversationId).userLeft = true;
    for (const transfer of this.#of(conversationId)) {
      if (transfer.standing.status === 'connected') this.tell('transfer.ended', transfer, { by: 'user' });
      if (transfer.standing.status !== 'queued') continue;
      transfer.standing = { status: 'userLeft' };
      this.tell('transfer.userLeft', transfer);
    }
  }

  end(transferId: string, by: string): boolean {
    const transfer = this.transfers.get(transferId);
    if (transfer?.standing.status !== 'connected') return false;
    const conversation = this.conversation(transfer.conversationId);
    const { joined } = conversation;
    conversation.chatClosed = true;
    joined.splice(joined.indexOf(transfer.standing.agentId), 1);
    this.tell('transfer.ended', transfer, { by });
    return true;
  }

  /** The user writes. The same number again is the same message. */
  hear({ conversationId, transferId, ...line }: UserLine): Readonly<Record<string, string>> {
    const conversation = this.conversation(conversationId);
    if (this.transfers.get(transferId)?.standing.status !== 'connected' || conversation.chatClosed)
      return { status: 'gone' };
    if (line.attachment && this.refusesAttachments) return { status: 'refused', reason: 'attachment' };
    const known = conversation.chat.some(({ from, number }) => from === 'user' && number === line.number);
    if (!known) conversation.chat.push({ from: 'user', ...line });
    return { status: 'taken' };
  }

  closeChat(conversationId: string, transferId: string): Readonly<Record<string, string>> {
    if (this.transfers.get(transferId)?.standing.status !== 'connected') return { status: 'gone' };
    this.conversation(conversationId).chatClosed = true;
    return { status: 'closed' };
  }

  /** An agent writes. */
  say(
    transferId: string,
    line: { messageId: string; text?: string | undefined; agentName?: string | undefined },
  ): boolean {
    const transfer = this.transfers.get(transferId);
    if (transfer?.standing.status !== 'connected') return false;
    this.conversation(transfer.conversationId).chat.push({
      from: 'agent',
      messageId: line.messageId,
      text: line.text,
    });
    this.tell('chat.message', transfer, line);
    return true;
  }

  /** Anything else of the chat: an indicator, another agent, none. */
  note(transferId: string, type: string, more: Readonly<Record<string, unknown>>): boolean {
    const transfer = this.transfers.get(transferId);
    if (transfer?.standing.status !== 'connected') return false;
    this.tell(type, transfer, more);
    return true;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #admit(target: SimulatedTarget | undefined, asked: WireTarget): Standing {
    if (!target) return { status: 'declined', reason: 'invalid_target' };
    const { behaviour } = target;
    if (behaviour.kind === 'declines' && behaviour.afterMs === undefined)
      return { status: 'declined', reason: behaviour.reason };
    if (askable(target, asked).length === 0) return { status: 'declined', reason: 'no_agents' };
    return { status: 'queued' };
  }

  #schedule(transfer: SimulatedTransfer, { behaviour }: SimulatedTarget): void {
    if (behaviour.kind === 'accepts') this.#later(behaviour.afterMs, () => this.accept(transfer.transferId));
    if (behaviour.kind === 'declines')
      this.#later(behaviour.afterMs ?? 0, () => this.decline(transfer.transferId, behaviour.reason));
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #of(conversationId: string): SimulatedTransfer[] {
    return [...this.transfers.values()].filter((transfer) => transfer.conversationId === conversationId);
  }
}

function key({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind}/${id}`;
}

/** The preferred agent if assigned and available, else everybody who is. */
function askable(target: SimulatedTarget | undefined, { agentId }: WireTarget): string[] {
  const available = (target?.agents ?? []).filter((agent) => agent.available).map(({ id }) => id);
  return agentId !== undefined && available.includes(agentId) ? [agentId] : available;
}
