// What a bot does with a turn: it goes through its dialogs until it has to wait for somebody. Knows nothing of HTTP.
import { randomUUID } from 'node:crypto';
import { assertNever } from '../../../domain/assert-never';
import { uuidOf } from '../../salesforce/ids';
import type { Bot, Step } from './bot-spec';
import { Refusal } from './refusal';
import type { MessageIn } from './requests';
import { readAs } from './variables';
import type { Variable } from './variables';
import type { Session } from './world';

/** A choice that stands open; `dialog`: where it leads. */
export interface Offer {
  readonly id: string;
  readonly label: string;
  readonly alias: string;
  readonly dialog?: string;
}

/** Whom the bot waits for. `transferred`: the client has taken the user away. */
export type Waiting =
  | { readonly kind: 'anything' }
  | { readonly kind: 'answer'; readonly into: string; readonly offers: readonly Offer[] }
  | { readonly kind: 'choice'; readonly offers: readonly Offer[] }
  | { readonly kind: 'transfer'; readonly messageId: string }
  | { readonly kind: 'transferred' };

/** A message of the bot's, as it goes over the wire. */
export type MessageOut = { readonly type: string; readonly id: string } & Readonly<Record<string, unknown>>;

/** An intent, as it goes over the wire. */
export interface Intent {
  readonly label: string;
  readonly confidenceScore: number;
  readonly intentSource: 'EINSTEIN_NLP';
}

/** What comes of a turn. */
export interface Turn {
  readonly messages: readonly MessageOut[];
  readonly intents: readonly Intent[];
}

/** More dialogs than this in one turn are taken for an endless loop. */
const MOST_DIALOGS = 25;

/** The id by which a `redirect` names a dialog. */
export function dialogIdOf(botId: string, dialog: string): string {
  return uuidOf('einstein-bots-dialog', botId, dialog);
}

/** The session's first turn. `text`: what the user wrote to begin with. */
export function welcome(bot: Bot, session: Session, text: string | undefined): Turn {
  const run = new Run(bot, session);
  run.enter(bot.welcome);
  const found = text === undefined ? [] : intentsOf(bot, text);
  const [best] = found;
  // What the user began with is an answer to nothing, but it may say what is wanted.
  if (best && (session.waiting.kind === 'anything' || session.waiting.kind === 'choice'))
    run.enter(best.dialog);
  return { messages: run.messages, intents: found.map(toIntent) };
}

/** One message. @throws Refusal 400 for a message that does not fit what the bot waits for */
export function reply(bot: Bot, session: Session, message: MessageIn): Turn {
  const run = new Run(bot, session);
  switch (message.type) {
    case 'text':
      return hear(run, message.text);
    case 'choice':
      run.choose(offerOf(session, message));
      break;
    case 'redirect': {
      const found = Object.keys(bot.dialogs).find((name) => dialogIdOf(bot.id, name) === message.dialogId);
      if (found === undefined) throw new Refusal(400, 'dialogId: no such dialog');
      run.enter(found);
      break;
    }
    case 'transferSucceeded':
      checkTransfer(session, message.inReplyToMessageId);
      session.waiting = { kind: 'transferred' };
      break;
    case 'transferFailed':
      checkTransfer(session, message.inReplyToMessageId);
      if (bot.noAgent === null) run.end('TransferFailedNotConfigured');
      else run.enter(bot.noAgent);
      break;
    case 'setVariables':
      break;
    default:
      assertNever(message);
  }
  return { messages: run.messages, intents: [] };
}

function hear(run: Run, text: string): Turn {
  const { bot, session } = run;
  const { waiting } = session;
  switch (waiting.kind) {
    case 'transfer':
    case 'transferred':
      return { messages: [], intents: [] };
    case 'answer': {
      const offer = waiting.offers.find((each) => isMeant(each, text));
      run.answer(waiting.into, offer?.label ?? text, waiting.offers.length > 0 && !offer);
      return { messages: run.messages, intents: [] };
    }
    case 'choice':
    case 'anything': {
      const offer = waiting.kind === 'choice' && waiting.offers.find((each) => isMeant(each, text));
      if (offer) {
        run.choose(offer);
        return { messages: run.messages, intents: [] };
      }
      const found = intentsOf(bot, text);
      const dialog = found[0]?.dialog ?? bot.confused;
      if (dialog === null) run.repeat();
      else run.enter(dialog);
      return { messages: run.messages, intents: found.map(toIntent) };
    }
    default:
      return assertNever(waiting);
  }
}

function isMeant({ label, alias }: Offer, text: string): boolean {
  return [label.toLowerCase(), alias].includes(text.trim().toLowerCase());
}

function offerOf({ waiting }: Session, message: MessageIn & { readonly type: 'choice' }): Offer {
  const offers = waiting.kind === 'answer' || waiting.kind === 'choice' ? waiting.offers : [];
  const { choiceId, choiceIndex } = message;
  const found =
    typeof choiceId === 'string' ? offers.find(({ id }) => id === choiceId) : offers[(choiceIndex ?? 0) - 1];
  if (!found) throw new Refusal(400, 'the bot has not offered this choice');
  return found;
}

function checkTransfer({ waiting }: Session, inReplyTo: string | undefined): void {
  if (waiting.kind !== 'transfer') throw new Refusal(400, 'the bot has not asked for a transfer');
  if (inReplyTo !== undefined && inReplyTo !== waiting.messageId)
    throw new Refusal(400, 'inReplyToMessageId: not the message that asked for the transfer');
}

function intentsOf({ intents }: Bot, text: string): readonly Bot['intents'][number][] {
  const written = text.toLowerCase();
  return intents
    .filter(({ words }) => words.some((word) => written.includes(word.toLowerCase())))
    .sort((one, other) => other.confidence - one.confidence);
}

function toIntent({ label, confidence }: Bot['intents'][number]): Intent {
  return { label, confidenceScore: confidence, intentSource: 'EINSTEIN_NLP' };
}

/** One turn's way through the dialogs. */
class Run {
  readonly messages: MessageOut[] = [];
  #dialogs = 0;

  constructor(
    readonly bot: Bot,
    readonly session: Session,
  ) {}

  enter(dialog: string): void {
    this.#dialogs += 1;
    if (this.#dialogs > MOST_DIALOGS) return this.end('InfiniteLoopDetected');
    this.session.at = { dialog, step: 0 };
    this.go();
  }

  /** From where it stands until it has to wait. */
  go(): void {
    const { at } = this.session;
    this.session.waiting = { kind: 'anything' };
    const step = this.bot.dialogs[at.dialog]?.[at.step];
    if (!step) return;
    at.step += 1;
    if (!this.#holds(step)) return this.go();
    switch (step.kind) {
      case 'say':
        this.#say('text', step, { text: this.#fill(step.text) });
        return this.go();
      case 'set':
        this.#put(step.variable, step.value);
        return this.go();
      case 'goTo':
        return this.enter(step.dialog);
      case 'end':
        return this.end(step.reason);
      case 'ask':
      case 'menu':
        return this.#ask(step);
      case 'escalate': {
        const targets = step.targets.map(({ type, value }) => ({ type, value: this.#fill(value) }));
        const messageId = this.#say('escalate', { delayMs: step.delayMs ?? 0 }, { targets });
        this.session.waiting = { kind: 'transfer', messageId };
        return;
      }
      default:
        assertNever(step);
    }
  }

  choose({ dialog, label }: Offer): void {
    const { waiting } = this.session;
    if (dialog !== undefined) this.enter(dialog);
    else if (waiting.kind === 'answer') this.answer(waiting.into, label, false);
  }

  /** Keeps what the user answered, or asks again. */
  answer(into: string, text: string, isWrong: boolean): void {
    const type = this.session.variables.find(({ name }) => name === into)?.type ?? 'text';
    const value = isWrong ? undefined : readAs(type, text);
    if (value === undefined) return this.repeat();
    this.#put(into, value);
    this.go();
  }

  /** Says the question or the menu once more. */
  repeat(): void {
    const { at, waiting } = this.session;
    if (waiting.kind !== 'answer' && waiting.kind !== 'choice') return;
    at.step -= 1;
    this.go();
  }

  end(reason: string): void {
    this.#say('sessionEnded', { delayMs: 0 }, { reason });
    this.session.ended = { by: 'bot', reason };
  }

  #ask(step: Step & { readonly kind: 'ask' | 'menu' }): void {
    if (step.text !== undefined) this.#say('text', step, { text: this.#fill(step.text) });
    const labels: readonly { readonly label: string; readonly dialog?: string }[] =
      step.kind === 'menu' ? step.choices : (step.choices ?? []).map((label) => ({ label }));
    const offers = labels.map((choice, at) => ({ id: randomUUID(), alias: String(at + 1), ...choice }));
    const choices = offers.map(({ label, alias, id }) => ({ label, alias, id }));
    if (offers.length > 0) this.#say('choices', step, { widget: step.widget, choices });
    this.session.waiting =
      step.kind === 'menu' ? { kind: 'choice', offers } : { kind: 'answer', into: step.into, offers };
  }

  #say(type: string, step: { readonly delayMs?: number | undefined }, content: object): string {
    const id = randomUUID();
    const { delayMs = this.bot.delayMs } = step;
    this.messages.push({ type, id, ...content, schedule: { responseDelayMilliseconds: delayMs } });
    return id;
  }

  #holds({ when }: Step): boolean {
    if (!when) return true;
    const value = this.#value(when.variable);
    return (JSON.stringify(value) === JSON.stringify(when.equals)) !== when.not;
  }

  #value(name: string): unknown {
    return this.session.variables.find((each) => each.name === name)?.value ?? null;
  }

  #put(name: string, value: unknown): void {
    this.session.variables = withVariable(this.session.variables, name, value);
  }

  #fill(text: string): string {
    return text.replace(/\{!([^}]+)\}/g, (_whole, name: string) => shown(this.#value(name)));
  }
}

/** The variables with one more value; a variable that is not there is made as text. */
function withVariable(variables: readonly Variable[], name: string, value: unknown): Variable[] {
  const known = variables.some((each) => each.name === name);
  if (!known) return [...variables, { name, type: 'text', value }];
  return variables.map((each) => (each.name === name ? { ...each, value } : each));
}

function shown(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
