// One chat of the desk as a workflow carries it: it keeps the newest state, tells each word once, and whoever listens or
// sends may be another worker each time.
import type { ChatState } from '../../../domain/chat';
import type { DeskWord } from '../../../domain/desk-event';
import { BatonError } from '../../../domain/errors';
import type { Desk, DeskNews, SendReceipt, TransferRequest } from '../../../platforms/desk';
import { salesforceLiveAgent } from '../../../platforms/salesforce-live-agent';
import type { ConnectorConfiguration } from '../../../domain/configuration';
import { aConnector, CONTEXT, conversationOf } from './builders';
import { ANN, aStage, BUTTON } from './stage';
import type { Stage } from './stage';
import type { ChatView, WorldSpec } from '../../../platforms/salesforce-live-agent/simulator';

const PATIENCE_MS = 30_000;

/** What the stage of a talk is made with. */
export interface TalkOptions {
  readonly settings?: WorldSpec['settings'];
  readonly options?: ConnectorConfiguration['options'];
  readonly request?: Partial<TransferRequest>;
}

/** See the file's comment. */
export class Talk {
  readonly heard: { readonly id: string; readonly word: DeskWord }[] = [];
  chat: ChatState | undefined;
  /** Called with every delivery before it counts, and after; what it throws is a worker's death. */
  onDelivery: (when: 'before' | 'after', news: DeskNews) => void = () => undefined;
  private readonly desks: Desk[] = [];
  private listening: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;

  constructor(
    readonly stage: Stage,
    readonly request: TransferRequest,
    private readonly options: ConnectorConfiguration['options'],
  ) {}

  worker(): Desk {
    const connector = aConnector(this.stage.simulator.baseUrl, { options: this.options });
    const desk = salesforceLiveAgent.desk!.createDesk(connector, CONTEXT);
    this.desks.push(desk);
    return desk;
  }

  ref(): TransferRequest {
    return this.chat ? { ...this.request, chat: this.chat } : this.request;
  }

  async asks(desk = this.worker()): Promise<void> {
    const answer = await desk.requestTransfer(this.ref(), this.call());
    if ('chat' in answer) this.keep(answer.chat);
  }

  /** Until stopped, or the chat is over; again after a fault or a death, by another worker. */
  listens(desk = this.worker()): void {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      for (let by = desk; !stop.signal.aborted; by = this.worker()) {
        try {
          return await by.chat?.listen?.(this.ref(), (news) => this.take(news, stop), {
            signal: stop.signal,
          });
        } catch (error) {
          if (error instanceof BatonError && error.retry !== 'retryable') throw error;
        }
      }
    };
    const done = run();
    done.catch(() => undefined);
    this.listening = { stop, done };
  }

  async stopsListening(): Promise<void> {
    this.listening?.stop.abort(new Error('stopped'));
    await this.listening?.done;
  }

  async listensNoMore(): Promise<void> {
    await this.listening?.done;
  }

  private async take(news: DeskNews, stop: AbortController): Promise<void> {
    if (stop.signal.aborted) throw new Error('dead');
    this.onDelivery('before', news);
    for (const said of news.words) if (!this.heard.some(({ id }) => id === said.id)) this.heard.push(said);
    this.keep(news.chat);
    this.onDelivery('after', news);
  }

  /** One try, from the newest state. */
  send(first: number, texts: readonly string[], desk = this.worker()): Promise<SendReceipt> {
    const messages = texts.map((text, index) => ({ id: `u${first + index}`, text }));
    return desk.chat!.send(this.ref(), { first, messages }, this.call());
  }

  /** Until it is taken. */
  async sends(first: number, texts: readonly string[], desk = this.worker()): Promise<void> {
    for (let taken = 0; taken < texts.length;) {
      try {
        const receipt = await this.send(first + taken, texts.slice(taken), desk);
        if (receipt.gone || receipt.refused) throw new Error(JSON.stringify(receipt));
        taken += receipt.taken;
      } catch (error) {
        if (!(error instanceof BatonError) || error.retry !== 'retryable') throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  async view(): Promise<ChatView> {
    const isOurs = ({ request }: ChatView): boolean =>
      conversationOf(request) === this.request.conversationId;
    return this.until(async () => (await this.stage.control.state()).chats.findLast(isOurs));
  }

  async chatId(): Promise<string> {
    return (await this.view()).chatId;
  }

  async agentRead(): Promise<readonly string[]> {
    return (await this.view()).transcript.filter(({ from }) => from === 'visitor').map(({ text }) => text);
  }

  texts(): readonly string[] {
    return this.heard.flatMap(({ word }) => (word.kind === 'message' ? [word.message.text ?? ''] : []));
  }

  words(): readonly DeskWord[] {
    return this.heard.map(({ word }) => word);
  }

  async hears<K extends DeskWord['kind']>(kind: K): Promise<DeskWord & { kind: K }> {
    const isIt = (word: DeskWord): word is DeskWord & { kind: K } => word.kind === kind;
    return this.until(async () => this.words().find(isIt));
  }

  async hearsTexts(texts: readonly string[]): Promise<void> {
    await this.until(async () => (this.texts().length >= texts.length ? true : undefined));
    expect(this.texts()).toEqual(texts);
  }

  async until<T>(ask: () => Promise<T | undefined>): Promise<T> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const found = await ask();
      if (found !== undefined) return found;
      if (deadline.aborted)
        throw new Error(`it never came; heard: ${JSON.stringify(this.heard.map(({ word }) => word.kind))}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  call(): { readonly signal: AbortSignal } {
    return { signal: AbortSignal.timeout(PATIENCE_MS) };
  }

  private keep(chat: ChatState | undefined): void {
    if (chat && chat.generation >= (this.chat?.generation ?? 0)) this.chat = chat;
  }

  async close(): Promise<void> {
    await this.stopsListening().catch(() => undefined);
    await Promise.all(this.desks.map((desk) => desk.close()));
    await this.stage.close();
  }
}

/** Not yet asked for. */
export async function aTalk({ settings, options = {}, request = {} }: TalkOptions = {}): Promise<Talk> {
  const stage = await aStage({ settings: { pollMs: 200, clientPollTimeout: 0.5, ...settings } });
  return new Talk(
    stage,
    {
      conversationId: 'conversation-1',
      transferId: 'conversation-1/r1/0',
      target: { kind: 'skill', id: BUTTON },
      ...request,
    },
    options,
  );
}

/** Ann is in it. */
export async function aTalkWithAnn(options: TalkOptions = {}): Promise<Talk> {
  const talk = await aTalk(options);
  await talk.asks();
  talk.listens();
  await talk.stage.control.accept(await talk.chatId(), ANN);
  await talk.hears('connected');
  return talk;
}
