// What the LivePerson Agent Escalation page promises of an integration, and what Baton adds, as plans.
import fc from 'fast-check';
import type { IntegrationConfiguration, RungConfiguration } from '../../domain/configuration';
import { compactPlan, expandPlan } from '../../domain/compact-plan';
import { BatonError } from '../../domain/errors';
import { makePlan, MAX_INTERACTION_DELAY_MS, MAX_TRANSFER_MESSAGE_LENGTH } from '../../domain/make-plan';
import { MAX_TARGET_ID_LENGTH } from '../../domain/make-rung';
import { BLANK_MESSAGE, DEFAULT_FAILURE_MESSAGE, type EscalationPlan } from '../../domain/plan';
import type { EscalationRequest } from '../../domain/request';
import {
  aConnector,
  anEnvironment,
  anIntegration,
  aRequest,
  aSecret,
  aTenant,
  CANARY,
} from '../support/tenant-builders';

type TenantParts = Parameters<typeof aTenant>[0];

const plan = (parts: TenantParts = {}, request: Partial<EscalationRequest> = {}): EscalationPlan =>
  makePlan(aTenant(parts), aRequest(request), anEnvironment());
const ids = (made: EscalationPlan): string[] =>
  made.rungs.map(({ connector, target }) => `${connector}/${target.id}`);
const aRung = (with_: Partial<RungConfiguration> = {}): RungConfiguration => ({
  connector: 'other',
  target: { kind: 'queue', id: 'night-desk' },
  onlyIfAvailable: false,
  ...with_,
});

describe('what the bot is told while the attempt is worked on', () => {
  const webhook = { kind: 'webhook', url: 'https://bot.example/notices', secret: aSecret() } as const;

  it('is what its configuration asks for, and nothing by itself', () => {
    const notices = { ...webhook, progress: ['queued', 'position'] } as const;

    expect(plan({ bot: { notices } }).progress).toEqual(['queued', 'position']);
    expect(plan({ bot: { notices: { ...webhook, progress: [] } } })).not.toHaveProperty('progress');
    expect(plan({ bot: { notices: { kind: 'platform' } } })).not.toHaveProperty('progress');
  });

  it('is written in the history with the plan', () => {
    const made = plan({ bot: { notices: { ...webhook, progress: ['accepted'] } } });

    expect(expandPlan(compactPlan(made))).toEqual(made);
  });
});

describe('the ladder of a plan', () => {
  it('holds everything that the workflow must know, and nothing that is not said', () => {
    expect(plan()).toEqual({
      v: 3,
      integration: 'sales',
      bot: 'bot',
      transferMessage: 'Hold on while I connect you with an agent.',
      interactionDelayMs: 0,
      rungs: [
        {
          connector: 'desk',
          target: { kind: 'skill', id: '1001', name: 'Sales' },
          responseTimeoutMs: 180_000,
          origin: 'ladder',
          desk: {
            platform: 'liveperson',
            carriesMessage: true,
            events: 'watch',
            confirmsConnection: true,
            heartbeatMs: 20_000,
          },
        },
      ],
      fallbackMessage: DEFAULT_FAILURE_MESSAGE,
      failureMessage: DEFAULT_FAILURE_MESSAGE,
      retryWindowMs: 600_000,
    });
  });

  it('takes the skill id from a bot context variable like {$botContext.skillId}, or a direct, numeric value', () => {
    const templated = { integration: { agentSkillId: '{$botContext.skillId}' } };

    expect(ids(plan(templated, { variables: { skillId: 77 } }))).toEqual(['desk/77']);
    expect(ids(plan())).toEqual(['desk/1001']);
  });

  it('asks for the agent with the skill', () => {
    const made = plan({ integration: { agentId: '{$botContext.agent}' } }, { variables: { agent: '4242' } });

    expect(made.rungs[0]?.target).toEqual({ kind: 'skill', id: '1001', name: 'Sales', agentId: '4242' });
  });

  it.each([['not-an-id'], [''], [null]])(
    'drops the agent id %j, so that transfer to the skill occurs instead',
    (agent) => {
      const made = plan({ integration: { agentId: '{$botContext.agent}' } }, { variables: { agent } });

      expect(made.rungs[0]?.target).toEqual({ kind: 'skill', id: '1001', name: 'Sales' });
    },
  );

  it('is the own skill, then the further rungs in order, then the fallback skill of the agent connector', () => {
    const made = plan({
      desk: { fallbackSkillId: '9' },
      integration: {
        furtherRungs: [aRung(), aRung({ connector: 'desk', target: { kind: 'skill', id: '2' } })],
      },
    });

    expect(ids(made)).toEqual(['desk/1001', 'other/night-desk', 'desk/2', 'desk/9']);
    expect(made.rungs.map((rung) => rung.origin)).toEqual(['ladder', 'ladder', 'ladder', 'fallback']);
    expect(made.rungs.at(-1)?.responseTimeoutMs).toBe(180_000);
  });

  it('is the further rungs where the integration has no skill of its own', () => {
    const {
      agentSkillId: _,
      agentSkillName: __,
      ...integration
    } = anIntegration({
      furtherRungs: [aRung({ target: { kind: 'queue', id: 'support' } })],
    });
    const made = makePlan(
      { ...aTenant(), integrations: { sales: integration } },
      aRequest(),
      anEnvironment(),
    );

    expect(ids(made)).toEqual(['other/support']);
  });

  it('is a clear failure where none of the further rungs can be tried', () => {
    const { agentSkillId: _, ...integration } = anIntegration({
      furtherRungs: [aRung({ connector: 'nowhere' })],
    });
    const made = makePlan(
      { ...aTenant(), integrations: { sales: integration } },
      aRequest(),
      anEnvironment(),
    );

    expect(made).toMatchObject({
      rungs: [],
      problem: { reason: 'invalid_target', detail: expect.stringContaining('further rung 1') },
    });
  });

  it('has Baton post the last words where the desk reaches the user only through Baton', () => {
    const chat = { always: false, maxChars: 100, attachments: 'carried' as const };
    const carrying = anEnvironment({
      deskOf: () => ({
        platform: 'webhook',
        capabilities: { carriesMessage: true, events: 'webhook', confirmsConnection: true, chat },
        isValidTargetId: () => true,
      }),
    });
    const planned = (relay?: IntegrationConfiguration['relay']) =>
      makePlan(aTenant({ integration: relay ? { relay } : {} }), aRequest(), carrying).rungs[0];
    const relay = { deliverWithinMs: 1, maxLengthMs: 1, agentGoneMs: 1, undelivered: 'x', variables: [] };

    expect(planned()?.desk.carriesMessage).toBe(true);
    expect(planned(relay)?.desk.carriesMessage).toBe(false);
  });

  it('does not ask the fallback skill when it has been asked already', () => {
    expect(ids(plan({ desk: { fallbackSkillId: '1001' } }))).toEqual(['desk/1001']);
  });

  it('asks the fallback skill although another connector has a target of the same id', () => {
    const furtherRungs = [aRung({ target: { kind: 'skill', id: '9' } })];

    expect(ids(plan({ desk: { fallbackSkillId: '9' }, integration: { furtherRungs } }))).toEqual([
      'desk/1001',
      'other/9',
      'desk/9',
    ]);
  });

  it('leaves out further rungs and a fallback skill that no desk takes, and says which', () => {
    const made = plan({
      desk: { fallbackSkillId: 'not-a-number' },
      integration: {
        furtherRungs: [
          aRung({ connector: 'desk', target: { kind: 'skill', id: '{$botContext.nothing}' } }),
          aRung({ connector: 'nowhere' }),
          aRung({ connector: 'constructor' }),
          aRung({ connector: 'desk', target: { kind: 'team', id: '5' } }),
        ],
      },
    });

    expect(ids(made)).toEqual(['desk/1001']);
    expect(made.leftOut).toEqual([
      'further rung 1 (skill on desk): invalid id',
      'further rung 2 (queue on nowhere): its connector has no desk',
      'further rung 3 (queue on constructor): its connector has no desk',
      'further rung 4 (team on desk): invalid id',
      'the fallback skill: invalid id',
    ]);
  });

  it('keeps the timeouts and conditions of each rung', () => {
    const businessHours = {
      timeZone: 'UTC',
      weekly: { mon: [{ from: '08:00', to: '18:00' }] },
      closedOn: [],
    };
    const made = plan({
      integration: {
        responseTimeoutMs: 60_000,
        queueTimeoutMs: 300_000,
        furtherRungs: [aRung({ responseTimeoutMs: 30_000, businessHours, onlyIfAvailable: true })],
      },
    });

    expect(made.rungs[0]).toMatchObject({ responseTimeoutMs: 60_000, queueTimeoutMs: 300_000 });
    expect(made.rungs[0]).not.toHaveProperty('open');
    expect(made.rungs[1]).toMatchObject({
      responseTimeoutMs: 30_000,
      onlyIfAvailable: true,
      open: [[Date.UTC(2026, 5, 1, 12), Date.UTC(2026, 5, 1, 18)]],
    });
    expect(made.rungs[1]).not.toHaveProperty('queueTimeoutMs');
  });
});

describe('a skill id that is not numeric', () => {
  const parts = {
    desk: { fallbackSkillId: '9' },
    integration: { agentSkillId: '{$botContext.skillId}', furtherRungs: [aRung()] },
  };

  it('means that the fallback message is sent to the user and no transfer is tried', () => {
    const made = plan(
      { ...parts, bot: { fallbackMessage: 'Please call us.' } },
      { variables: { skillId: 'sales' } },
    );

    expect(made.rungs).toEqual([]);
    expect(made.fallbackMessage).toBe('Please call us.');
    expect(made.problem?.reason).toBe('invalid_target');
    expect(made).not.toHaveProperty('transferMessage');
  });

  it.each<[string, EscalationRequest['variables'], string]>([
    ['text', { skillId: 'private words' }, '$botContext.skillId is string'],
    ['nothing', {}, '$botContext.skillId is missing'],
    ['null', { skillId: null }, '$botContext.skillId is null'],
  ])('is explained by field, integration and type, never by value: %s', (_, variables, found) => {
    expect(plan(parts, { ...(variables && { variables }) }).problem?.detail).toBe(
      `agentSkillId of integration sales is not a skill id of liveperson: ${found}`,
    );
  });

  it('is explained as configured when no variable is in it', () => {
    const { problem } = plan({ integration: { agentSkillId: 'sales' } });

    expect(problem?.detail).toContain('the configured value is of another form');
  });

  it('does not lose the last messages that the bot handed over', () => {
    const lastMessages = [{ id: 'm1', text: 'One moment.' }];

    expect(plan(parts, { lastMessages }).lastMessages).toEqual(lastMessages);
  });
});

describe('the message to the user', () => {
  it('is static text, a variable, or a combination of both', () => {
    const message = (messageToUser: string): string | undefined =>
      plan({ integration: { messageToUser } }, { variables: { name: 'Ada' } }).transferMessage;

    expect(message('Hold on.')).toBe('Hold on.');
    expect(message('{$botContext.name}')).toBe('Ada');
    expect(message('Hold on, {$botContext.name}.')).toBe('Hold on, Ada.');
  });

  it.each([BLANK_MESSAGE, ` ${BLANK_MESSAGE} `, '{$botContext.unknown}', ' {$botContext.unknown} '])(
    'is not sent when it is %j',
    (messageToUser) => {
      expect(plan({ integration: { messageToUser } })).not.toHaveProperty('transferMessage');
    },
  );

  it('is cut before it is too long, never through a character', () => {
    const name = `a${'😀'.repeat(5_000)}`;

    const made = plan({ integration: { messageToUser: '{$botContext.name}' } }, { variables: { name } });

    expect(made.transferMessage).toHaveLength(MAX_TRANSFER_MESSAGE_LENGTH - 1);
    expect(made.transferMessage).toMatch(/^a(?:😀)+$/u);
  });
});

describe('the interaction delay', () => {
  const delay = (
    interactionDelay: IntegrationConfiguration['interactionDelay'],
    request: Partial<EscalationRequest> = {},
  ): number => plan({ integration: { interactionDelay } }, request).interactionDelayMs;
  const perMessage = { kind: 'perMessage', ms: 2_000, messages: 1 } as const;

  it('is 3 messages x 2000 millisecond delay per message = an aggregate 6000 millisecond delay', () => {
    expect(delay(perMessage, { precedingMessages: 3 })).toBe(6_000);
    expect(delay({ ...perMessage, messages: 3 })).toBe(6_000);
  });

  it('is none when the bot says that it sent nothing', () => {
    expect(delay(perMessage, { precedingMessages: 0 })).toBe(0);
  });

  it('is the configured milliseconds', () => {
    expect(delay({ kind: 'fixed', ms: 6_000 }, { precedingMessages: 9 })).toBe(6_000);
  });

  it('is none when the bot handed over its last messages, which are acknowledged one by one', () => {
    const lastMessages = [{ id: 'm1', text: 'One moment.' }];

    expect(delay({ kind: 'fixed', ms: 6_000 }, { lastMessages })).toBe(0);
    expect(delay(perMessage, { lastMessages, precedingMessages: 3 })).toBe(0);
    expect(delay({ kind: 'fixed', ms: 6_000 }, { lastMessages: [] })).toBe(6_000);
  });

  it.each([NaN, -1, 1.5, Infinity, '3'])('does not believe a count of %p', (precedingMessages) => {
    expect(delay(perMessage, { precedingMessages: precedingMessages as number })).toBe(2_000);
  });

  it('is bounded whatever count a bot names', () => {
    expect(delay(perMessage, { precedingMessages: 1e9 })).toBe(MAX_INTERACTION_DELAY_MS);
  });
});

describe('the texts of failure', () => {
  it('are the default user-friendly response of the bot settings, if specified', () => {
    const made = plan({ bot: { defaultResponse: 'Sorry, nobody is here.' } });

    expect(made.failureMessage).toBe('Sorry, nobody is here.');
    expect(made.fallbackMessage).toBe('Sorry, nobody is here.');
  });

  it("are the vendor's words otherwise", () => {
    expect(plan().failureMessage).toBe('Not able to transfer to Agent at this time. Please try later.');
  });
});

describe('the context for a receiving bot', () => {
  const said = { intent: 'order status', userMessage: 'where is my parcel' };
  const context = (intent: boolean, userMessage: boolean): EscalationPlan['context'] =>
    plan({ integration: { transferBotContext: { intent, userMessage } } }, said).context;

  it("passes the user's intent and/or message as selected", () => {
    expect(context(true, true)).toEqual(said);
    expect(context(true, false)).toEqual({ intent: 'order status' });
    expect(context(false, true)).toEqual({ userMessage: 'where is my parcel' });
    expect(context(false, false)).toBeUndefined();
  });

  it('is left out when the bot says neither', () => {
    const transferBotContext = { intent: true, userMessage: true };

    expect(plan({ integration: { transferBotContext } })).not.toHaveProperty('context');
  });
});

describe('the result mapping', () => {
  it('is there when a transform result script or custom data fields are', () => {
    const customData = { agent: '{$.api_escalation.agentName}' };

    expect(plan({ integration: { transformResultScript: 'x()' } }).result).toEqual({
      responseVariable: 'escalation',
      script: 'x()',
    });
    expect(plan({ integration: { customData } }).result).toEqual({
      responseVariable: 'escalation',
      customData,
    });
    expect(plan()).not.toHaveProperty('result');
  });
});

describe('an integration that is not configured', () => {
  it.each(['marketing', '__proto__', 'constructor', 'toString', ''])(
    'is refused by name: %j',
    (integration) => {
      expect(codeOf(() => plan({}, { integration }))).toBe('ESC_PLAN_UNKNOWN_INTEGRATION');
    },
  );

  it('is refused as a fault of the configuration when its bot or connector is missing', () => {
    expect(codeOf(() => plan({ integration: { bot: 'nobody' } }))).toBe('ESC_PLAN_MISCONFIGURED');
    expect(codeOf(() => plan({ integration: { connector: 'nowhere' } }))).toBe('ESC_PLAN_MISCONFIGURED');
  });
});

describe('any plan', () => {
  it('is the same for the same request', () => {
    fc.assert(
      fc.property(anyParts, anyRequest, (parts, request) => {
        expect(plan(parts, request)).toEqual(plan(parts, structuredClone(request)));
      }),
    );
  });

  it('is made of whatever a signal brought, without throwing, and survives JSON', () => {
    fc.assert(
      fc.property(anyParts, fc.dictionary(fc.string(), fc.anything()), (parts, variables) => {
        const made = plan(parts, { variables: variables as never });

        expect(JSON.parse(JSON.stringify(made))).toEqual(made);
      }),
    );
  });

  it('has a ladder exactly when it has no problem', () => {
    fc.assert(
      fc.property(anyParts, anyRequest, (parts, request) => {
        const made = plan(parts, request);

        expect(made.rungs.length === 0).toBe(made.problem !== undefined);
      }),
    );
  });

  it('names only ids that the desk takes', () => {
    fc.assert(
      fc.property(anyParts, anyRequest, (parts, request) => {
        for (const { connector, target } of plan(parts, request).rungs) {
          const desk = anEnvironment().deskOf(connector);
          expect(desk?.isValidTargetId(target.kind, target.id)).toBe(true);
          expect(target.id.length).toBeLessThanOrEqual(MAX_TARGET_ID_LENGTH);
          if (target.agentId !== undefined) expect(desk?.isValidTargetId('agent', target.agentId)).toBe(true);
        }
      }),
    );
  });

  it('has at most one fallback, last, and never twice the same skill because of it', () => {
    fc.assert(
      fc.property(anyParts, anyRequest, (parts, request) => {
        const { rungs } = plan(parts, request);
        const fallbacks = rungs.filter((rung) => rung.origin === 'fallback');

        expect(fallbacks).toEqual(rungs.slice(rungs.length - fallbacks.length));
        expect(fallbacks.length).toBeLessThanOrEqual(1);
        for (const { connector, target } of fallbacks) {
          const same = rungs.filter(
            (rung) =>
              rung.connector === connector && rung.target.kind === 'skill' && rung.target.id === target.id,
          );
          expect(same).toHaveLength(1);
        }
      }),
    );
  });

  it('waits a whole, bounded number of milliseconds', () => {
    fc.assert(
      fc.property(anyParts, anyRequest, (parts, request) => {
        const { interactionDelayMs } = plan(parts, request);

        expect(Number.isInteger(interactionDelayMs)).toBe(true);
        expect(interactionDelayMs).toBeGreaterThanOrEqual(0);
        expect(interactionDelayMs).toBeLessThanOrEqual(MAX_INTERACTION_DELAY_MS);
      }),
    );
  });

  it('holds no secret', () => {
    fc.assert(
      fc.property(anyParts, anyRequest, (parts, request) => {
        const secret = aConnector().credentials.password;

        expect(typeof secret === 'object' && secret.reveal()).toBe(CANARY);
        expect(JSON.stringify(plan(parts, request))).not.toContain(CANARY);
      }),
    );
  });

  it('grows with what the bot handed over and not with what templates multiply', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 5_000, maxLength: 8_000 }), fc.nat(200), (big, times) => {
        const messageToUser = `x${'{$botContext.big}'.repeat(times)}`;

        const made = plan(
          { integration: { messageToUser, agentId: messageToUser, agentSkillId: '1' } },
          { variables: { big } },
        );

        expect(JSON.stringify(made).length).toBeLessThan(6 * MAX_TRANSFER_MESSAGE_LENGTH + 2_000);
      }),
    );
  });
});

function codeOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof BatonError) return error.code;
    throw error;
  }
  return 'no error';
}

const anyId = fc.constantFrom(
  '1',
  '9',
  '1001',
  '',
  'x',
  '{$botContext.a}',
  '{$botContext.b}',
  '1{$botContext.a}',
);
const anyRung: fc.Arbitrary<RungConfiguration> = fc.record({
  connector: fc.constantFrom('desk', 'other', 'nowhere'),
  target: fc.record({ kind: fc.constantFrom('skill', 'agent', 'queue'), id: anyId }),
  onlyIfAvailable: fc.boolean(),
});
const anyIntegration: fc.Arbitrary<Partial<IntegrationConfiguration>> = fc.record({
  agentSkillId: anyId,
  agentId: anyId,
  messageToUser: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom(BLANK_MESSAGE, 'Hi {$botContext.a}!')),
  interactionDelay: fc.oneof(
    fc.record({ kind: fc.constant('fixed' as const), ms: fc.nat(700_000) }),
    fc.record({ kind: fc.constant('perMessage' as const), ms: fc.nat(60_000), messages: fc.nat(20) }),
  ),
  furtherRungs: fc.array(anyRung, { maxLength: 4 }),
});
const anyParts = fc.record({
  integration: anyIntegration,
  desk: fc.oneof(fc.constant({}), fc.record({ fallbackSkillId: fc.constantFrom('9', '1', '1001', 'x', '') })),
});
const anyVariable = fc.oneof(fc.string(), fc.nat(2_000), fc.double(), fc.boolean(), fc.constant(null));
const anyRequest: fc.Arbitrary<Partial<EscalationRequest>> = fc.record(
  {
    variables: fc.record({ a: anyVariable, b: anyVariable }, { requiredKeys: [] }),
    precedingMessages: fc.oneof(fc.nat(10), fc.integer(), fc.double()),
    lastMessages: fc.array(fc.record({ id: fc.string(), text: fc.string() }), { maxLength: 3 }),
    intent: fc.string(),
    userMessage: fc.string(),
  },
  { requiredKeys: [] },
);
