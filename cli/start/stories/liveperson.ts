// The first story: a user of a shop asks for a human. The returns desk is online but nobody answers; after the
// response timeout Baton takes the request back and asks the fallback skill, where Maria joins.
import type { Outcome } from '../../../domain/outcome';
import { connectControl } from '../../../platforms/liveperson/simulator';
import { createBotReceiverControl } from '../../../platforms/webhook/simulator';
import { botHears } from '../bot-hears';
import { follow } from '../follow';
import type { Ending, Stage, Story } from '../story';
import type { Witness } from '../timeline';

const TIMEOUT_MS = 90_000;
const SKILL_NOBODY_ANSWERS = '4711';

/** The LivePerson story. */
export const livePersonStory: Story = {
  name: 'liveperson',
  title: 'A bot on LivePerson hands its conversation to a human. The first skill does not answer.',
  play,
};

async function play(stage: Stage): Promise<Ending> {
  const desk = connectControl(stage.simulators.liveperson);
  const bot = createBotReceiverControl(stage.simulators.bot);
  const { conversationId } = await desk.createConversation({
    assignedTo: 'baton-bot',
    message: 'My parcel is broken, I want a human.',
  });
  const user: Witness = async () =>
    (await desk.conversation({ conversationId })).transcript.map((line) => ({
      at: line.at,
      line: {
        who: 'user',
        what: `${line.from === 'consumer' ? 'writes' : 'reads'}: ${line.text}`,
        event: `user.${line.from}`,
      },
    }));
  const heardBy = botHears(bot, conversationId);
  stage.narrator.say({
    who: 'bot',
    what: `asks the gateway once: hand over to skill ${SKILL_NOBODY_ANSWERS}`,
    event: 'bot.asks',
  });
  const { workflowId } = await stage.gateway.start(conversationId, {
    requestId: `demo-${Date.now().toString(36)}`,
    integration: 'to-human',
    variables: { skillId: SKILL_NOBODY_ANSWERS, firstName: 'Ada' },
  });
  const { status } = await follow(stage, {
    conversationId,
    timeoutMs: TIMEOUT_MS,
    witnesses: [user, heardBy],
  });
  // What it hears on the way is not how it ended.
  const heard = (await heardBy()).filter(({ line }) => line.detail !== 'progress').length;
  await bot.close();
  return ending(stage, { outcome: status.outcome, heard, workflowId });
}

function ending(
  stage: Stage,
  seen: { outcome?: Outcome | undefined; heard: number; workflowId: string },
): Ending {
  const { outcome, heard, workflowId } = seen;
  const asExpected = outcome?.kind === 'connected' && outcome.rung === 1 && heard === 1;
  return {
    asExpected,
    summary: asExpected
      ? 'The first skill was silent, the fallback skill answered, and the bot heard it once.'
      : `Expected a human on the fallback skill and one notice, got ${JSON.stringify(outcome)} and ${heard} notices.`,
    workflowId,
    tryIt: sendAnother(stage),
  };
}

/** A conversation on the simulated LivePerson, then the bot's request: both paste into a shell. */
function sendAnother({ simulators, gateway }: Stage): string[] {
  const json = "-H 'content-type: application/json'";
  return [
    `C=$(curl -s ${simulators.liveperson}/_control/create-conversation ${json} -d '{"assignedTo":"baton-bot"}' | sed 's/.*"conversationId":"\\([^"]*\\)".*/\\1/')`,
    `curl -s ${gateway.url}/v1/escalations -H 'authorization: Bearer ${gateway.apiKey}' ${json} -d '{"conversationId":"'$C'","requestId":"mine-1","integration":"to-human","variables":{"skillId":"4712","firstName":"Ada"}}'`,
    `curl -s ${gateway.url}/v1/escalations/$C -H 'authorization: Bearer ${gateway.apiKey}'`,
  ];
}
