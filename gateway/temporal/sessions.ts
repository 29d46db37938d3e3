// The gateway's dealings with a conversation whose bot Baton speaks to: what the user says, what a client hands over,
// where it stands, its end. Holds no state.
import type { HandedOver, SessionStatus, UserSays } from '../../domain/bot-session-messages';
import { BatonError } from '../../domain/errors';
import { sessionWorkflowId } from '../../domain/ids';
import { BOT_SESSION_WORKFLOW, TASK_QUEUE } from '../../domain/task-queue';
import { askWorkflow, withTemporal } from '../../temporal/faults';
import type { EscalationKey } from '../../temporal/runs';
import { asAttributes } from '../../workflows/attributes';
import type { GatewayDeps } from '../settings';

/** Names one conversation with a bot. */
export type SessionKey = EscalationKey;

/** What the routes call. */
export interface Sessions {
  /** Begins the conversation if there is none. */
  userSays(key: SessionKey, bot: string, said: UserSays): Promise<void>;
  /** Begins the conversation if there is none. */
  handedOver(key: SessionKey, bot: string, handed: HandedOver): Promise<void>;
  /** @throws BatonError `ESC_BOT_SESSION_NOT_FOUND`, `ESC_NO_WORKER` */
  status(key: SessionKey): Promise<SessionStatus>;
  /** @throws BatonError `ESC_BOT_SESSION_NOT_FOUND` */
  end(key: SessionKey): Promise<void>;
}

/** The gateway's sessions. */
export function createSessions({ client }: Pick<GatewayDeps, 'client'>): Sessions {
  const handleOf = ({ tenant, conversationId }: SessionKey) =>
    client.workflow.getHandle(sessionWorkflowId(tenant, conversationId));
  const signalWithStart = async (
    { tenant, conversationId }: SessionKey,
    bot: string,
    signal: string,
    given: unknown,
  ): Promise<void> => {
    await withTemporal(client, () =>
      client.workflow.signalWithStart(BOT_SESSION_WORKFLOW, {
        workflowId: sessionWorkflowId(tenant, conversationId),
        taskQueue: TASK_QUEUE,
        args: [{ tenant, conversationId, bot }],
        signal,
        signalArgs: [given],
        typedSearchAttributes: asAttributes({
          BatonTenant: tenant,
          BatonConversationId: conversationId,
        }),
        staticSummary: `Speak to ${bot}`,
        staticDetails: `Tenant **${tenant}**`,
      }),
    );
  };
  return {
    userSays: (key, bot, said) => signalWithStart(key, bot, 'userSays', said),
    handedOver: (key, bot, handed) => signalWithStart(key, bot, 'handedOver', handed),
    status: (key) => askWorkflow<SessionStatus>(client, handleOf(key), 'session').catch(orNoSession),
    end: (key) => withTemporal(client, () => handleOf(key).signal('end')).catch(orNoSession),
  };
}

function orNoSession(error: unknown): never {
  if (error instanceof BatonError && error.code === 'ESC_ESCALATION_NOT_FOUND')
    throw new BatonError('ESC_BOT_SESSION_NOT_FOUND', 'no session of this conversation', { cause: error });
  throw error;
}
