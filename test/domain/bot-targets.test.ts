// A bot as target of a bot that Baton speaks to: gone on with in its session where it has one, else its desk's chat is
// carried like any other.
import type { PlanDesk } from '../../domain/make-rung';
import { makePlan } from '../../domain/make-plan';
import { DEFAULT_RELAY } from '../../domain/plan';
import { anEnvironment, anIntegration, aRequest, aTenant } from '../support/tenant-builders';

const CHAT = { maxChars: 4_000, attachments: 'as_link', always: false } as const;

function isCarried(resumes: string): boolean {
  const desk: PlanDesk = {
    platform: 'webhook',
    capabilities: {
      carriesMessage: false,
      events: 'webhook',
      confirmsConnection: true,
      chat: { ...CHAT, resumes },
    },
    isValidTargetId: () => true,
  };
  const relay = { ...DEFAULT_RELAY, variables: [] };
  const integration = anIntegration({ requestedTargets: { bot: 'other' }, relay });
  const tenant = { ...aTenant(), integrations: { sales: integration } };
  const env = anEnvironment({ deskOf: () => desk, botSideOf: () => ({ keepsSessions: true }) });
  const { rungs } = makePlan(tenant, aRequest({ targets: [{ kind: 'bot', id: 'b1' }] }), env);
  expect(rungs).toHaveLength(1);
  return rungs[0]?.chat !== undefined;
}

it('is not carried where it answers in a session, which is gone on with', () => {
  expect(isCarried('in_answers')).toBe(false);
});

it('is carried where its desk only knows chats', () => {
  expect(isCarried('retried_by_desk')).toBe(true);
});
