// The payloads that the simulated platform posts, as the documentation's sample has them.
import { nextId, now, type PlatformRequest, type User, type World } from './world';

/** One event to be posted. */
export interface Occurrence {
  readonly event: string;
  readonly text: string;
  /** Of the user's message. */
  readonly messageId?: string;
  /** `event.eventType` of an `on_event`. */
  readonly eventType?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** A new request and its payload. `url`: of the simulator. */
export function makePayload(
  world: World,
  url: string,
  user: User,
  { event, text, messageId, eventType }: Occurrence,
): { readonly request: PlatformRequest; readonly payload: Json } {
  const { botId, requestLifeMs } = world.settings;
  const id = nextId(world, String(now(world)));
  const request = { id, userId: user.id, event, text, expiresAt: now(world) + requestLifeMs };
  world.requests[id] = request;
  const baseUrl = `${url}/api/botsdk/stream/${botId}`;
  const at = (call: string): string => `${baseUrl}/${call}/${id}`;
  const payload = {
    requestId: id,
    botId,
    callbackUrl: at('serviceCallback'),
    baseUrl,
    sendUserMessageUrl: at('sendUserMessage'),
    sendBotMessageUrl: at('sendBotMessage'),
    sendAlertMessageUrl: at('sendAlertMessage'),
    skipUserMessageUrl: at('skipUserMessage'),
    skipBotMessageUrl: at('skipBotMessage'),
    resetBotUrl: at('resetBot'),
    getBotVariableUrl: at('getBotVariable'),
    clearConversationSessionUrl: at('clearConversationSession'),
    sendFeedbackMessageUrl: at('sendFeedbackMessage'),
    metaInfo: {},
    metaTags: {},
    messageObject: {},
    context: contextOf(world, user, event),
    channel: channelOf(world, user, messageId),
    ...(event === 'on_agent_transfer' ? {} : { message: text, agent_transfer: user.agentTransfer }),
    ...(eventType !== undefined && { event: { eventType } }),
  };
  return { request, payload };
}

function contextOf(world: World, user: User, event: string): Json {
  const { botId } = world.settings;
  const at = now(world);
  const isTransfer = event === 'on_agent_transfer';
  return {
    bot: 'Travel',
    botid: botId,
    taskid: 'dg-11111111-2222-5333-8444-555555555555',
    intent: isTransfer ? 'Agent' : 'Small Talk',
    intentType: 'dialog',
    entities: user.entities,
    history: isTransfer
      ? [
          {
            nodeId: 'agentTransfer3',
            state: 'processing',
            type: 'agentTransfer',
            componentName: 'agenttransfer',
            timestamp: at,
          },
          { dialogState: 'transferredToAgent', timestamp: at },
        ]
      : [],
    dialog_tone: [],
    message_tone: [],
    historicTags: [],
    session: {
      EnterpriseContext: { apiKey: 'of the enterprise' },
      BotContext: {},
      UserSession: {},
      UserContext: {
        _id: user.id,
        firstName: 'Ada',
        lastName: 'Doe',
        emailId: 'ada@example.com',
        identities: [],
      },
      BotUserSession: {
        lastMessage: { channel: 'rtm', messagePayload: { message: { body: lastWords(user) } } },
      },
      opts: { userId: user.id, streamId: botId },
    },
  };
}

function channelOf(world: World, user: User, messageId: string | undefined): Json {
  const known = { from: user.id, type: 'rtm', client: 'botbuilder', body: lastWords(user) };
  const infos = messageId === undefined ? known : { requestId: messageId, ...known };
  return world.settings.channel === 'flat'
    ? { _id: 'dc-1', ...infos }
    : { _id: 'dc-1', type: 'rtm', from: user.id, channelInfos: infos };
}

function lastWords({ screen }: User): string {
  return screen.findLast(({ from }) => from === 'user')?.text ?? '';
}
