// The stage of the desk conformance suite on a simulated Salesforce org, for each way to route by skills.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { Target } from '../../../domain/target';
import { salesforceOmni } from '../../../platforms/salesforce-omni';
import { externalIdOf } from '../../../platforms/salesforce-omni/ids';
import { connectControl, startOmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import type { OmniControl } from '../../../platforms/salesforce-omni/simulator';
import type { DeskFault, DeskStage, PreferredAgent, SkillBehaviour } from '../desk-conformance';
import { aConnector, CONTEXT, secret } from './builders';

/** Kinds of targets that a stage can have in the place of skills. */
type StageKind = 'skill' | 'queue' | 'flow';

/** A stage whose skills are of this kind of target. A flow makes a Case in a queue of its name. */
export async function openStage(
  kind: StageKind,
  options: ConnectorConfiguration['options'] = {},
): Promise<DeskStage> {
  const simulator = await startOmniSimulator();
  const control = connectControl(simulator.url);
  let made = 0;
  const next = (prefix: string): string => `${prefix}${(made += 1)}`;
  const caseOf = async (transferId: string): Promise<string | undefined> => {
    const { records } = await control.records({ object: 'Case' });
    const externalId = externalIdOf(CONTEXT.tenant, transferId);
    return records.find((record) => record['Baton_Transfer__c'] === externalId)?.Id;
  };
  const casesOf = async (conversationId: string): Promise<readonly string[]> => {
    const { records } = await control.ever({ object: 'Case' });
    return records
      .filter(({ Description }) =>
        [conversationId, `Conversation: ${conversationId}`].includes(
          String(Description).split('\n').at(-1) ?? '',
        ),
      )
      .map(({ Id }) => Id);
  };
  const ofCases = async (object: string, conversationId: string) => {
    const cases = await casesOf(conversationId);
    const { records } = await control.ever({ object });
    return records.filter(({ WorkItemId }) => cases.includes(String(WorkItemId)));
  };

  return {
    openDesk: ({ badCredential = false } = {}) =>
      salesforceOmni.desk!.createDesk(
        aConnector(simulator.url, {
          options,
          ...(badCredential && { credentials: { clientId: 'demo-client-id', clientSecret: secret('no') } }),
        }),
        CONTEXT,
      ),
    newConversation: async () => next('conversation-'),
    skill: (behaviour) => makeTarget(control, kind, next('Place_'), behaviour),
    unknownSkill: () => ({ kind, id: 'Nowhere' }),
    ...(kind === 'skill' && {
      skillWithAgent: (agent: PreferredAgent) => makeSkillWithAgent(control, next('Skill_'), agent),
    }),
    decliningTarget: async (reason) => {
      if (reason === 'invalid_target')
        return {
          kind,
          id: { skill: '0C5000000000XyZ', queue: '00G000000000XyZ', flow: '300000000000XyZ' }[kind],
        };
      if (kind === 'flow') {
        const name = next('Saying_');
        await control.setFlow({ name, outputs: { Baton_Outcome: reason } });
        return { kind, id: name };
      }
      const target = await makeTarget(control, kind, next('Place_'), 'offline');
      await control.setAgent({
        username: `supervised@${target.id.toLowerCase()}.example`,
        ...placed(kind, target.id),
        behaviour: { kind: 'cancel', afterMs: 5 },
      });
      return target;
    },
    async agentAccepts({ transferId }) {
      const caseId = await caseOf(transferId);
      return caseId === undefined ? undefined : (await control.accept({ caseId })).userId;
    },
    fault: (fault) => strike(control, fault),
    // Work that is waiting is as much of a transfer as the Case that it is about.
    transferCount: async (conversationId) =>
      Math.max(
        (await casesOf(conversationId)).length,
        (await ofCases('PendingServiceRouting', conversationId)).length,
      ),
    joined: async (conversationId) => {
      const ids = (await ofCases('AgentWork', conversationId)).map(({ Id }) => Id);
      const { records } = await control.records({ object: 'AgentWork' });
      return records
        .filter(({ Id, Status }) => ids.includes(Id) && Status === 'Opened')
        .map(({ UserId }) => String(UserId));
    },
    transcript: async () => [],
    connections: async () => (await control.traffic()).connections,
    close: () => simulator.close(),
  };
}

function placed(kind: StageKind, name: string) {
  return kind === 'skill' ? { skills: [{ name }] } : { queues: [name] };
}

async function makeTarget(
  control: OmniControl,
  kind: StageKind,
  name: string,
  behaviour: SkillBehaviour,
): Promise<Target> {
  await control.setAgent({
    username: `agent@${name.toLowerCase()}.example`,
    ...placed(kind, name),
    presence: behaviour === 'offline' ? 'offline' : 'online',
    behaviour: behaviour === 'accepting' ? { kind: 'accept', afterMs: 5 } : { kind: 'silent' },
  });
  if (kind === 'flow')
    await control.setFlow({
      name,
      makesCase: {
        queue: name,
        output: 'Baton_Case_Id',
        fields: { Description: 'Baton_Conversation_Id', Baton_Transfer__c: 'Baton_Transfer_Id' },
      },
    });
  return { kind, id: name };
}

async function makeSkillWithAgent(control: OmniControl, name: string, standing: PreferredAgent) {
  const target = await makeTarget(control, 'skill', name, 'silent');
  const { userId } = await control.setAgent({
    username: `preferred@${name.toLowerCase()}.example`,
    skills: standing === 'unassigned' ? [] : [{ name }],
    presence: standing === 'offline' ? 'offline' : 'online',
  });
  return { target: { ...target, agentId: userId }, reportedAs: userId };
}

async function strike(control: OmniControl, fault: DeskFault): Promise<void> {
  const on = 'transfer';
  switch (fault.kind) {
    case 'rateLimited': {
      const retryAfterSeconds = fault.retryAfterMs / 1000;
      const action = {
        kind: 'error',
        status: 429,
        errorCode: 'TOO_MANY_REQUESTS',
        retryAfterSeconds,
      } as const;
      await control.fault({ on, action });
      return;
    }
    case 'serverError':
      await control.fault({ on, action: { kind: 'error', status: 503, errorCode: 'SERVER_UNAVAILABLE' } });
      return;
    case 'hang':
    case 'lostAnswer':
      await control.fault({ on, action: { kind: fault.kind } });
  }
}
