// The action `skillsBasedRouting`: routes one record by a routing configuration and a list of skills.
import { toId18 } from '../../salesforce/ids';
import { ok } from './api-call';
import type { ApiAnswer, ApiDeps } from './api-call';

const actionFault = (statusCode: string, message: string): ApiAnswer => ({
  status: 400,
  body: [
    {
      actionName: 'skillsBasedRouting',
      errors: [{ statusCode, message, fields: [] }],
      isSuccess: false,
      outputValues: null,
    },
  ],
});

/** Answers `POST /actions/standard/skillsBasedRouting`; refusals are in the answer. */
export function skillsBasedRouting({ records, omni }: ApiDeps, body: unknown): ApiAnswer {
  const inputs = (body as { inputs?: unknown } | undefined)?.inputs;
  const [input, second] = Array.isArray(inputs) ? (inputs as Record<string, string>[]) : [];
  if (!input || second) return actionFault('INVALID_INPUT', 'one input is needed');
  const { recordId = '', routingConfigId = '', skillIdList = '' } = input;
  const skills = skillIdList.split(',').filter(Boolean);
  const configuration = records.get('QueueRoutingConfig', routingConfigId);
  const reached = records.get('Case', recordId) && configuration;
  if (!reached || skills.length > 25 || skills.some((id) => !records.get('Skill', id)))
    return actionFault('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  const pending = records.put('PendingServiceRouting', {
    WorkItemId: toId18(recordId),
    ServiceChannelId: omni.caseChannelId,
    RoutingType: 'SkillsBased',
    RoutingModel: configuration['RoutingModel'] ?? null,
    RoutingPriority: configuration['RoutingPriority'] ?? null,
    CapacityWeight: configuration['CapacityWeight'] ?? null,
    PushTimeout: configuration['PushTimeout'] ?? null,
    IsReadyForRouting: true,
  });
  for (const id of skills)
    records.put('SkillRequirement', {
      RelatedRecordId: pending.Id,
      SkillId: toId18(id),
      IsAdditionalSkill: false,
    });
  const outputValues = { pendingServiceRoutingId: pending.Id };
  return ok([{ actionName: 'skillsBasedRouting', errors: null, isSuccess: true, outputValues }]);
}
