// The stage of the desk conformance suite on a simulated org with Messaging for In-App and Web.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import { salesforceMessaging } from '../../../platforms/salesforce-messaging';
import {
  createMessagingControl,
  startMessagingSimulator,
} from '../../../platforms/salesforce-messaging/simulator';
import type { ConversationView, MessagingControl } from '../../../platforms/salesforce-messaging/simulator';
import type { DeskFault, DeskStage } from '../desk-conformance';
import { aConnector, aWorld, CONTEXT, UNBELIEVED } from './builders';

/** `dedupes`: whether the org drops repeats of what it has. */
export async function openStage(
  credentials: ConnectorConfiguration['credentials'],
  dedupes: boolean,
): Promise<DeskStage> {
  const simulator = await startMessagingSimulator({ world: aWorld({ settings: { dedupes } }) });
  const control = createMessagingControl(simulator.url);
  let made = 0;
  const next = (prefix: string): string => `${prefix}${(made += 1)}`;
  const ofConversation = async (conversationId: string): Promise<readonly ConversationView[]> =>
    (await control.state()).conversations.filter(
      ({ attributes }) => attributes.Baton_Conversation === conversationId,
    );

  return {
    openDesk: ({ badCredential = false } = {}) =>
      salesforceMessaging.desk!.createDesk(
        aConnector(simulator.url, { credentials: badCredential ? UNBELIEVED : credentials }),
        CONTEXT,
      ),
    newConversation: async () => next('conversation-'),
    async skill(behaviour) {
      const name = next('Skill_');
      await control.place({ name, behaviour: behaviour === 'accepting' ? 'accepting' : 'silent' });
      return { kind: 'skill', id: name };
    },
    unknownSkill: () => ({ kind: 'skill', id: 'Nowhere' }),
    async decliningTarget() {
      const name = next('Skill_');
      await control.place({ name, behaviour: 'unroutable' });
      return { kind: 'skill', id: name };
    },
    async agentAccepts({ conversationId }) {
      const waiting = (await ofConversation(conversationId)).find(({ status }) => status === 'waiting');
      return waiting && control.accept(waiting.id, next('Agent-'));
    },
    fault: (fault) => strike(control, fault),
    transferCount: async (conversationId) =>
      (await ofConversation(conversationId)).reduce((sum, { creates }) => sum + creates, 0),
    joined: async (conversationId) => (await ofConversation(conversationId)).flatMap(({ agents }) => agents),
    transcript: async () => [],
    connections: () => control.connections(),
    async close() {
      await control.close();
      await simulator.close();
    },
  };
}

async function strike(control: MessagingControl, fault: DeskFault): Promise<void> {
  const on = 'create';
  switch (fault.kind) {
    case 'rateLimited':
      return control.fault({
        kind: 'status',
        on,
        status: 429,
        retryAfter: String(fault.retryAfterMs / 1000),
      });
    case 'serverError':
      return control.fault({ kind: 'status', on, status: 500 });
    case 'hang':
    case 'lostAnswer':
      return control.fault({ kind: fault.kind, on });
  }
}
