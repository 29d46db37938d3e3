// Masks a bot's request: its messages, its intent and its text variables. Ids are kept, or nothing could be handed off:
// the request's own, those of messages, and variables that the integration reads as the id of a target.
import type { TenantConfiguration } from './configuration';
import { createMask } from './mask';
import type { EscalationRequest, Variable } from './request';
import { templateVariables } from './template';
import { maskTypedVariable } from './typed-variables';

/** What may stand in for a target's id unmasked: one word, and no address. */
const ID = /^[\w.:-]{1,200}$/;

/** The request as it may be written down. Masking it again changes nothing. */
export function maskRequest(tenant: TenantConfiguration, request: EscalationRequest): EscalationRequest {
  if (!tenant.masking) return request;
  const mask = createMask(tenant.masking);
  const { variables, lastMessages, intent, userMessage, transcript, summary, typedVariables } = request;
  const ids = idVariables(tenant, request.integration);
  const maskVariable = (name: string, value: Variable): Variable =>
    typeof value !== 'string' || (ids.has(name) && ID.test(value)) ? value : mask(value);
  return {
    ...request,
    ...(variables && {
      variables: Object.fromEntries(
        Object.entries(variables).map(([name, value]) => [name, maskVariable(name, value)]),
      ),
    }),
    ...(lastMessages && { lastMessages: lastMessages.map(({ id, text }) => ({ id, text: mask(text) })) }),
    ...(intent !== undefined && { intent: mask(intent) }),
    ...(userMessage !== undefined && { userMessage: mask(userMessage) }),
    ...(transcript && { transcript: transcript.map(({ from, text }) => ({ from, text: mask(text) })) }),
    ...(summary !== undefined && { summary: mask(summary) }),
    ...(typedVariables && { typedVariables: typedVariables.map((each) => maskTypedVariable(each, mask)) }),
  };
}

/** Names of the variables that the integration's targets are made of. */
function idVariables(tenant: TenantConfiguration, name: string): ReadonlySet<string> {
  const integration = Object.hasOwn(tenant.integrations, name) ? tenant.integrations[name] : undefined;
  if (!integration) return new Set();
  const targets = [
    integration.agentSkillId ?? '',
    integration.agentId ?? '',
    ...integration.furtherRungs.flatMap(({ target }) => [target.id, target.agentId ?? '']),
  ];
  return new Set(targets.flatMap(templateVariables));
}
