// What bots do that ask Baton over its API: their backend escalates, passes on what the user writes, and speaks.
import type { System } from '../system';
import { until } from '../until';
import { BACK, type Talk } from './stage';

/** The part of a talk that goes over the API. */
export type TalkByTheApi = Pick<Talk, 'escalate' | 'userWrites' | 'userLeaves' | 'goesOn'>;

/** See the file's comment. */
export function talkByTheApi(
  { gateway }: System,
  bot: string,
  { conversationId, integration }: { readonly conversationId: string; readonly integration: string },
): TalkByTheApi {
  const id = encodeURIComponent(conversationId);
  let written = 0;
  const post = async (path: string, body: object): Promise<void> => {
    const { status, json } = await gateway.call('POST', path, { body });
    if (status >= 300) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(json)}`);
  };
  return {
    escalate: () => post('/v1/escalations', { conversationId, requestId: 'r1', integration }),
    async userWrites(text) {
      written += 1;
      await post(`/v1/conversations/${id}/user-messages`, { id: `u${written}`, text });
    },
    userLeaves: () => post(`/v1/escalations/${id}/user-left`, {}),
    async goesOn() {
      const { epoch } = await until(`the bot to own ${conversationId}`, async () => {
        const { json } = await gateway.call('GET', `/v1/conversations/${id}/owner`);
        return json['owner'] === 'bot' && json;
      });
      await post(`/v1/conversations/${id}/messages`, { bot, id: 'b1', epoch, text: BACK });
    },
  };
}
