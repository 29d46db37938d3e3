// A chat from the first call to the last, over real sockets.
import { anEstablishedChat, aChat, ANN, aStage, BEN, readUntil, taken } from './stage';
import type { Stage } from './stage';

describe('a chat', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await aStage();
  });
  afterEach(() => stage.close());

  it('is asked for, queued, accepted, talked in and ended by the agent', async () => {
    const { client, control, signal } = stage;
    const asked = await aChat(stage);

    await control.accept(asked.id);
    const accepted = await readUntil(stage, asked, ({ kind }) => kind === 'established');
    expect(accepted.events).toEqual([
      { kind: 'requestSucceeded', position: 1, waitMs: 120_000 },
      { kind: 'established', agent: { name: 'Ann', id: ANN } },
    ]);

    const said = taken(
      await client.sendMessage(accepted.session, 'Hello', { signal, sequence: 2, isRepeat: false }),
    );
    await control.write(asked.id, 'Good morning');
    await control.end(asked.id);
    const over = await readUntil(stage, said, ({ kind }) => kind === 'ended');

    expect(over.events).toEqual([
      { kind: 'message', agent: { name: 'Ann', id: ANN }, text: 'Good morning' },
      { kind: 'ended', by: 'agent', reason: 'agent' },
    ]);
    expect((await control.chat(asked.id)).transcript).toEqual([
      { from: 'visitor', text: 'Hello' },
      { from: 'agent', text: 'Good morning' },
    ]);
  });

  it('is ended by the visitor, for the agent too, and its session is gone', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);

    await client.end(session, { signal, sequence: 2, isRepeat: false });

    expect(await control.chat(session.id)).toMatchObject({ state: 'gone', endedBy: 'client' });
    expect(await client.poll(session, { signal })).toEqual({ kind: 'lost', reason: 'sessionGone' });
  });

  it('tells of a transfer, a drop-out and the agent who goes on', async () => {
    const { control } = stage;
    const session = await anEstablishedChat(stage);

    await control.transfer(session.id, BEN);
    await control.disconnect(session.id);
    await control.accept(session.id, ANN);
    const { events } = await readUntil(stage, session, ({ kind }) => kind === 'established');

    expect(events).toEqual([
      { kind: 'transferred', agent: { name: 'Ben', id: BEN } },
      { kind: 'agentDisconnected' },
      { kind: 'established', agent: { name: 'Ann', id: ANN } },
    ]);
  });
});
