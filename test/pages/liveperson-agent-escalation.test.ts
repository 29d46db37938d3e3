// LivePerson's page on the Agent Escalation integration, as promises: its settings as a file that the real loader
// reads, its behaviour as escalations on the time-skipping server that follow the plan of that file, and the transfer
// itself on a simulated LivePerson. docs/seed-coverage.md lists each sentence of the page with its test.
import type { EscalationRequest } from '../../domain/request';
import { AGENT, ACCOUNT, call, openStage, SKILL } from '../platforms/liveperson/stage';
import { aWebhookDesk } from '../support/builders';
import { createStage, type Scene, type SceneOptions, type Stage } from '../support/time-skipping-stage';
import { faultsOf, INTEGRATION, integrationOf, planOf, type Fields } from './page-configuration';

const DEFAULT_TEXT = 'Not able to transfer to Agent at this time. Please try later.';
const THREE_MINUTES_MS = 180_000;

const anEscalation = (changes: Partial<EscalationRequest> = {}): EscalationRequest => ({
  requestId: 'r1',
  integration: INTEGRATION,
  variables: { skillId: 4711, firstName: 'Ada' },
  ...changes,
});

describe('the settings of the integration', () => {
  it('are an entry in baton.yaml under the name that a request names', () => {
    expect(planOf({}, anEscalation()).integration).toBe(INTEGRATION);
    expect(() => planOf({}, anEscalation({ integration: 'Returns' }))).toThrow('Returns');
  });

  it.each(['responseDataVariableName', 'agentSkillName', 'agentSkillId', 'messageToUser'])(
    'are refused without %s, which is required',
    (field) => {
      expect(faultsOf({ integration: { [field]: undefined } })).toEqual([
        expect.stringMatching(/: .*required/),
      ]);
    },
  );

  it('may leave out what the page calls optional: agent id, bot context, script, custom data, delay', () => {
    const integration = integrationOf({});

    expect(integration).not.toHaveProperty('agentId');
    expect(integration).not.toHaveProperty('transformResultScript');
    expect(integration).toMatchObject({
      transferBotContext: { intent: false, userMessage: false },
      customData: {},
      interactionDelay: { kind: 'fixed', ms: 0 },
    });
  });

  it('have the type LivePerson Agent Escalation and no other', () => {
    expect(integrationOf({}).type).toBe('agent_escalation');
    expect(faultsOf({ integration: { integrationType: 'API' } })).toEqual([
      expect.stringMatching(/^integrationType: /),
    ]);
  });

  it('name the skill for people to read, while the id decides', () => {
    const target = (agentSkillName: string): unknown =>
      planOf({ integration: { agentSkillName } }, anEscalation()).rungs[0]?.target;

    expect(target('Returns')).toEqual({ kind: 'skill', id: '4711', name: 'Returns' });
    expect(target('4712')).toEqual({ kind: 'skill', id: '4711', name: '4712' });
  });

  it('take the delay in the field Interaction Delay: 6000 ms, or 3 messages of 2000 ms each', () => {
    const delay = (interactionDelay: unknown): number =>
      planOf({ integration: { interactionDelay } }, anEscalation()).interactionDelayMs;

    expect(delay('6000ms')).toBe(6_000);
    expect(delay({ messages: 3, perMessage: '2000ms' })).toBe(6_000);
  });

  it('need a message to the user; BLANK_MESSAGE is one, an empty text is none', () => {
    expect(faultsOf({ integration: { messageToUser: '' } })).toHaveLength(1);
    expect(faultsOf({ integration: { messageToUser: 'BLANK_MESSAGE' } })).toEqual([]);
  });
});

describe('an escalation', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage.close());

  /** An escalation by the plan of a file; `request` is the first, further ones follow the same file. */
  const follow = (fields: Fields, options: Partial<SceneOptions> = {}): SceneOptions => ({
    plan: (request) => planOf(fields, request),
    request: anEscalation(),
    texts: { failure: DEFAULT_TEXT, fallback: DEFAULT_TEXT },
    ...options,
  });
  /** The same with the desk's news as signals: no time is skipped while an activity watches for them. */
  const followBySignals = (fields: Fields): SceneOptions =>
    follow(fields, {
      plan: (request) => {
        const plan = planOf(fields, request);
        return { ...plan, rungs: plan.rungs.map((rung) => ({ ...rung, desk: aWebhookDesk() })) };
      },
    });
  const types = ({ world }: Scene): string[] => world.notices.map(({ type }) => type);

  it('evaluates the skill id when it is attempted: not numeric, so the user reads the fallback message', async () => {
    const fallback = 'I cannot find the right colleague. Please call us.';
    const fields = { bot: { fallbackMessage: fallback } };
    const request = anEscalation({ variables: { skillId: 'returns' } });
    await stage.play(
      follow(fields, { request, texts: { failure: DEFAULT_TEXT, fallback } }),
      async (scene) => {
        await scene.until(() => scene.world.notices.length === 1);

        expect(scene.world.userRead).toEqual([fallback]);
        expect(scene.world.transfers).toEqual([]);
        await scene.cancel();
        await scene.handle.result();
      },
    );
  });

  it('waits three minutes for an answer, then tries the fallback skill of the agent connector', async () => {
    await stage.play(followBySignals({ connector: { fallbackSkillId: '4712' } }), async (scene) => {
      const asked = (): string[] => scene.world.transfers.map(({ target }) => target.id);
      await scene.until(() => asked().length === 1);
      await scene.pass(THREE_MINUTES_MS - 10_000);
      expect(asked()).toEqual(['4711']);

      await scene.pass(20_000);
      await scene.until(() => asked().length === 2);
      await scene.deskSays('r1', 1, { kind: 'connected' });

      expect((await scene.handle.result()).outcome).toMatchObject({ kind: 'connected', rung: 1 });
      expect(asked()).toEqual(['4711', '4712']);
      expect(scene.world.seen).toContain('withdraw 4711');
    });
  });

  it('fails after three minutes when the agent connector names no fallback skill', async () => {
    await stage.play(followBySignals({ bot: { retryWindow: '1s' } }), async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.pass(THREE_MINUTES_MS - 10_000);
      expect(scene.world.notices).toEqual([]);
      await scene.pass(20_000);

      expect((await scene.handle.result()).outcome).toEqual({ kind: 'failed', reason: 'timed_out' });
      expect(scene.world.transfers).toHaveLength(1);
      expect(types(scene)[0]).toBe('escalation.failed');
    });
  });

  it('gives the user the transfer message as the last thing before the transfer, after the bot’s own texts', async () => {
    const fields = {
      integration: { messageToUser: 'Hold on {$botContext.firstName}.' },
    };
    const lastMessages = [{ id: 'm1', text: 'I will get someone.' }];
    await stage.play(follow(fields, { request: anEscalation({ lastMessages }) }), async (scene) => {
      await scene.handle.result();

      expect(scene.world.userRead).toEqual(['I will get someone.']);
      // LivePerson takes it with the transfer, so that nothing comes between the two.
      expect(scene.world.transfers.map(({ message }) => message?.text)).toEqual(['Hold on Ada.']);
    });
  });

  it('sends no message at all where the field is BLANK_MESSAGE', async () => {
    await stage.play(follow({ integration: { messageToUser: 'BLANK_MESSAGE' } }), async (scene) => {
      await scene.handle.result();

      expect(scene.world.userRead).toEqual([]);
      expect(scene.world.transfers.map(({ message }) => message)).toEqual([undefined]);
    });
  });

  it('leaves the bot the time for its own messages: no transfer before the delay is over', async () => {
    const fields = { integration: { interactionDelay: { messages: 3, perMessage: '2s' } } };
    await stage.play(follow(fields), async (scene) => {
      await scene.until(async () => (await scene.status()).phase === 'delaying');
      await scene.pass(5_000);
      expect(scene.world.transfers).toEqual([]);

      await scene.pass(2_000);
      await scene.handle.result();
      expect(scene.world.transfers).toHaveLength(1);
    });
  });

  it.each([
    ['the default response', undefined, DEFAULT_TEXT],
    [
      'the default user-friendly response of the bot settings',
      'Sorry, try tomorrow.',
      'Sorry, try tomorrow.',
    ],
  ])(
    'stops after three failure messages to the bot and a fourth failure, and the user reads %s',
    async (_which, defaultUserFriendlyResponse, text) => {
      const fields = { bot: { defaultUserFriendlyResponse } };
      const requestTransfer = (): { kind: 'declined'; reason: 'no_agents' } => ({
        kind: 'declined',
        reason: 'no_agents',
      });
      const texts = { failure: text, fallback: text };
      await stage.play(follow(fields, { requestTransfer, texts }), async (scene) => {
        for (const attempt of [1, 2, 3]) {
          await scene.until(() => scene.world.notices.length === attempt);
          expect(scene.world.userRead).not.toContain(text);
          await scene.ask(anEscalation({ requestId: `r${attempt + 1}` }));
        }
        await scene.handle.result();

        expect(types(scene)).toEqual([...Array<string>(3).fill('escalation.failed'), 'escalation.ended']);
        expect(scene.world.userRead.filter((read) => read === text)).toHaveLength(1);
      });
    },
  );
});

describe('a transfer on LivePerson', () => {
  let stage: Awaited<ReturnType<typeof openStage>>;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.close());

  const BOT_SKILL = '503';
  const RECEIVING_BOT = '3001';
  const receivingBot = async (): Promise<void> => {
    await stage.control.setSkill({ id: BOT_SKILL, name: 'Billing bot' });
    await stage.control.setUser({
      userId: RECEIVING_BOT,
      loginName: 'billing-bot',
      kind: 'bot',
      connected: true,
      availability: 'ONLINE',
      skillIds: [BOT_SKILL],
      behaviour: { kind: 'accept', afterMs: 0 },
    });
  };

  it('reaches a live agent, or another bot that has the skill', async () => {
    await receivingBot();
    await stage.control.setUser({ userId: AGENT, behaviour: { kind: 'accept', afterMs: 0 } });
    const desk = stage.openDesk();
    const reached = async (skillId: string): Promise<unknown> => {
      const transfer = await stage.newTransfer({ kind: 'skill', id: skillId });
      await desk.requestTransfer(transfer, call());
      return desk.watch?.(transfer, 'queued', call());
    };

    expect(await reached(SKILL)).toEqual({ kind: 'connected', agentId: `${ACCOUNT}.${AGENT}` });
    expect(await reached(BOT_SKILL)).toEqual({ kind: 'connected', agentId: `${ACCOUNT}.${RECEIVING_BOT}` });
  });

  it('hands the receiving bot the intent, and the user’s message with the conversation', async () => {
    await receivingBot();
    const { conversationId } = await stage.control.createConversation({
      assignedTo: '1001',
      message: 'My bill is wrong',
    });
    const intent = await stage.control.addFault({
      channel: 'ws',
      match: '.ams.cm.UpdateConversationField',
      contains: '"intents":[{"id":"billing"',
      action: { kind: 'delay', ms: 0 },
    });
    const desk = stage.openDesk();
    const ref = { conversationId, transferId: `${conversationId}/r1/0` };
    const context = { intent: 'billing', userMessage: 'My bill is wrong' };

    await desk.requestTransfer({ ...ref, target: { kind: 'skill', id: BOT_SKILL }, context }, call());
    await desk.watch?.({ ...ref, target: { kind: 'skill', id: BOT_SKILL } }, 'queued', call());

    const { faults } = await stage.control.faults();
    expect(faults.find(({ id }) => id === intent.id)?.hits).toBe(1);
    const { assignedTo, transcript } = await stage.control.conversation({ conversationId });
    expect(assignedTo?.userId).toBe(RECEIVING_BOT);
    expect(transcript).toContainEqual(
      expect.objectContaining({ from: 'consumer', text: 'My bill is wrong' }),
    );
  });

  it('goes to a named agent who accepts, for humans; the user is nobody’s before that', async () => {
    const desk = stage.openDesk();
    const transfer = await stage.newTransfer({ kind: 'skill', id: SKILL, agentId: AGENT });

    await desk.requestTransfer(transfer, call());
    const before = await stage.control.conversation({ conversationId: transfer.conversationId });
    await stage.control.agentJoins({ conversationId: transfer.conversationId, user: AGENT });

    expect(before.assignedTo).toBeFalsy();
    expect(await desk.watch?.(transfer, 'queued', call())).toMatchObject({ kind: 'connected' });
  });
});
