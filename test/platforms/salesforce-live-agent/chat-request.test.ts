// What the agent sees before accepting, and whom a chat asks for.
import { fillDetails, prechatOf, prechatSchema } from '../../../platforms/salesforce-live-agent/chat-request';
import { aChat, ANN, aStage, BEN, BUTTON, OTHER_BUTTON, readUntil } from './stage';
import type { Stage } from './stage';

const templates = prechatSchema.parse({
  details: [
    {
      label: 'E-mail',
      value: '{$botContext.email}',
      transcriptFields: ['c__Email'],
      entityMaps: [{ entityName: 'Contact', fieldName: 'Email' }],
    },
    { label: 'Subject', value: 'Order {$botContext.order}', displayToAgent: false },
    { label: 'Phone', value: '{$botContext.phone}' },
  ],
  entities: [
    {
      entityName: 'Contact',
      saveToTranscript: 'Contact',
      entityFieldsMaps: [
        { fieldName: 'Email', label: 'E-mail', doFind: true, isExactMatch: true },
        { fieldName: 'Phone', label: 'Phone' },
      ],
    },
    { entityName: 'Lead', entityFieldsMaps: [{ fieldName: 'Phone', label: 'Phone' }] },
  ],
});

describe('pre-chat details', () => {
  it('are filled from the bot’s context; what has no value is left out with what would be filled from it', () => {
    const { details, entities } = prechatOf(
      templates,
      fillDetails(templates, { email: 'jon@example.com', order: 7 }),
    );

    expect(details.map(({ label, value, displayToAgent }) => [label, value, displayToAgent])).toEqual([
      ['E-mail', 'jon@example.com', true],
      ['Subject', 'Order 7', false],
    ]);
    expect(entities).toEqual([
      {
        entityName: 'Contact',
        showOnCreate: false,
        linkToEntityName: null,
        linkToEntityField: null,
        saveToTranscript: 'Contact',
        entityFieldsMaps: [
          { fieldName: 'Email', label: 'E-mail', doFind: true, isExactMatch: true, doCreate: true },
        ],
      },
    ]);
  });

  it('are refused in the configuration when a member is misspelt', () => {
    const read = prechatSchema.safeParse({ details: [{ label: 'A', value: 'b', showToAgent: true }] });
    expect(read.success).toBe(false);
  });
});

describe('a request', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await aStage();
  });
  afterEach(() => stage.close());

  it('carries the details, the records and the visitor’s name to the desk', async () => {
    const prechat = prechatOf(templates, fillDetails(templates, { email: 'jon@example.com' }));
    const { id } = await aChat(stage, { prechat, language: 'de' });

    const { request, state } = await stage.control.chat(id);
    expect(state).toBe('ringing');
    expect(request).toMatchObject({
      visitorName: 'Jon',
      language: 'de',
      sessionId: id,
      prechatDetails: prechat.details,
      prechatEntities: prechat.entities,
      receiveQueueUpdates: true,
    });
  });

  it('asks an agent directly', async () => {
    const { id } = await aChat(stage, { target: { kind: 'agent', agentId: BEN } });
    expect(await stage.control.chat(id)).toMatchObject({ state: 'ringing', agentName: 'Ben' });
  });

  it('asks the button instead of an agent who is not available, if one is given', async () => {
    await stage.control.agent({ id: BEN, name: 'Ben', isOnline: false });

    const alone = await aChat(stage, { target: { kind: 'agent', agentId: BEN } });
    const target = { kind: 'agent', agentId: BEN, fallbackButtonId: BUTTON } as const;
    const withButton = await aChat(stage, { target });

    expect(await stage.control.chat(alone.id)).toMatchObject({ state: 'failed' });
    expect(await stage.control.chat(withButton.id)).toMatchObject({ state: 'ringing', agentName: 'Ann' });
  });

  it('tries overrides by who is available, and never the next when all decline', async () => {
    await stage.control.agent({ id: ANN, name: 'Ann', isOnline: false });
    const overrides = [BUTTON, `${BEN}_${OTHER_BUTTON}`, OTHER_BUTTON];

    const asked = await aChat(stage, { overrides });
    expect(await stage.control.chat(asked.id)).toMatchObject({ state: 'ringing', agentName: 'Ben' });

    await stage.control.agent({ id: ANN, name: 'Ann', isOnline: true });
    await stage.control.decline(asked.id);
    const { events } = await readUntil(stage, asked, ({ kind }) => kind === 'requestFailed');
    expect(events.at(-1)).toEqual({ kind: 'requestFailed', reason: 'Unavailable' });
  });

  it('fails for another org', async () => {
    const { client, signal } = stage;
    await stage.control.settings({ organizationId: '00DD00000000XXX' });
    const session = await client.openSession({ signal });
    const asked = await client.initialize(
      session,
      { target: { kind: 'button', buttonId: BUTTON }, visitorName: 'Jon' },
      { signal, sequence: 1, isRepeat: false },
    );
    expect(asked.kind).toBe('taken');
    const { events } = await readUntil(stage, session, ({ kind }) => kind === 'requestFailed');
    expect(events).toEqual([{ kind: 'requestFailed', reason: 'InternalFailure' }]);
  });
});
