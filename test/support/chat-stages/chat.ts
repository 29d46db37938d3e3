// One chat that Baton carries: a user who writes over HTTP and reads by webhook, an agent at a stage's desk.
import type { NoticeEnvelope } from '../../../domain/notice';
import { uniqueId } from '../builders';
import type { System } from '../system';
import { until } from '../until';
import type { ChatStage, Line } from './stage';

/**
 * Each kill of a worker costs a chat what it was about to do: ten seconds for its workflow task, fifteen for a call,
 * twenty for its ears, and several kills in a row cost all of that again.
 */
const PATIENCE_MS = 300_000;

/** See the file's comment. */
export interface Chat {
  readonly conversationId: string;
  readonly workflowId: string;
  /** Tries until the gateway has it, as a bot's backend does: always with the same id. */
  userWrites(text: string, more?: Readonly<Record<string, unknown>>): Promise<void>;
  /** What the user read from an agent, in order. */
  userRead(): Promise<readonly string[]>;
  /** Waits until the other side has it. */
  untilSeen(line: Line): Promise<void>;
  /** Waits for `escalation.returned`, of which there must never be two. */
  returned(): Promise<NoticeEnvelope['data']>;
}

/** Asks for a human at the stage's desk; nobody has joined yet. */
export async function askForHuman(system: System, stage: ChatStage): Promise<Chat> {
  const conversationId = uniqueId('chat');
  const path = `/v1/conversations/${conversationId}/user-messages`;
  let written = 0;
  const { status, json } = await system.gateway.escalate(conversationId, {
    requestId: 'r1',
    integration: stage.connector,
  });
  if (status !== 202) throw new Error(`the request was answered with ${status}: ${JSON.stringify(json)}`);

  async function userRead(): Promise<readonly string[]> {
    const { transcripts } = await system.bot.state();
    return (transcripts[conversationId] ?? []).filter(({ from }) => from === 'agent').map(({ text }) => text);
  }

  return {
    conversationId,
    workflowId: system.workflowId(conversationId),
    async userWrites(text, more) {
      written += 1;
      const body = { id: `u${written}`, text, ...more };
      await until(`the gateway to take ${body.id}`, async () => {
        const answer = await system.gateway.call('POST', path, { body }).catch(() => undefined);
        if (answer && answer.status >= 400 && answer.status < 500)
          throw new Error(`${answer.status} ${JSON.stringify(answer.json)}`);
        return answer?.status === 202;
      });
    },
    userRead,
    async untilSeen({ from, text }) {
      await until(
        `the other side to have “${text}” of ${conversationId}`,
        async () => {
          if (from === 'agent') return (await userRead()).includes(text);
          const console = await stage.console(conversationId);
          return console.some((line) => line.from === 'user' && line.text === text);
        },
        { timeoutMs: PATIENCE_MS },
      );
    },
    returned: () =>
      until(`${conversationId} to be returned`, async () => {
        const { notices } = await system.bot.state();
        const [first, ...more] = notices.filter(
          ({ type, data }) => type === 'escalation.returned' && data.conversationId === conversationId,
        );
        if (more.length > 0) throw new Error(`${conversationId} was returned ${more.length + 1} times`);
        return first?.data as NoticeEnvelope['data'] | undefined;
      }),
  };
}
