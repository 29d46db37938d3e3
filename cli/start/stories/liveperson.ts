// The first story: a user of a shop asks for a human. The returns desk is online but nobody answers; after the
// response timeout Baton takes the request back and asks the fallback skill, where Maria joins.
import { connectControl as connectLivePerson } from '../../../platforms/liveperson/simulator';
import { createBotReceiverControl } from '../../../platforms/webhook/simulator';
import { follow } from '../follow';
import type { Ending, Stage, Story } from '../story';
import { inWords } from '../story-words';

const TIMEOUT_MS = 90_000;
const SKILL_NOBODY_ANSWERS = '4711';

/** The LivePerson story. */
export const livePersonStory: Story = {
  name: 'liveperson',
  title: 'A bot on LivePerson hands its conversation to a human; the first skill does not answer',
  play,
};

async function play(stage: Stage): Promise<Ending> {
  const desk = connectLivePerson(stage.simulators.liveperson);
  const bot = createBotReceiverControl(stage.simulators.bot);
  const say = stage.narrator.say.bind(stage.narrator);
  const { conversationId } = await desk.createConversation({
    assignedTo: 'baton-bot',
    message: 'My parcel is broken, I want a human.',
  });
  let seen = 0;
  let heard = (await bot.state()).notices.length;
  const look = async (): Promise<void> => {
    const { transcript } = await desk.conversation({ conversationId });
    for (const line of transcript.slice(seen)) {
      say({
        who: 'user',
        what: line.from === 'consumer' ? `writes: ${line.text}` : `reads: ${line.text}`,
        event: `user.${line.from}`,
      });
    }
    seen = transcript.length;
    const { notices } = await bot.state();
    for (const notice of notices.slice(heard))
      say({ who: 'bot', what: `hears ${notice.type}`, event: notice.type });
    heard = notices.length;
  };
  await look();
  say({
    who: 'bot',
    what: `asks the gateway once: hand over to skill ${SKILL_NOBODY_ANSWERS}`,
    event: 'bot.asks',
  });
  const { workflowId } = await stage.gateway.start(conversationId, {
    requestId: `demo-${Date.now().toString(36)}`,
    integration: 'to-human',
    variables: { skillId: SKILL_NOBODY_ANSWERS, firstName: 'Ada' },
  });
  const explanation = await follow(stage, {
    conversationId,
    timeoutMs: TIMEOUT_MS,
    onLine: (line) => say({ who: 'baton', what: inWords(line), event: line.event }),
    onLook: look,
  });
  await look();
  await bot.close();
  return ending(stage, explanation.status.outcome, workflowId);
}

function ending(
  stage: Stage,
  outcome: { kind: string; rung?: number } | undefined,
  workflowId: string,
): Ending {
  const asExpected = outcome?.kind === 'connected' && outcome.rung === 1;
  return {
    asExpected,
    summary: asExpected
      ? 'The first skill was silent, the fallback skill answered, and the bot heard it once.'
      : `Expected a human on the fallback skill, got ${JSON.stringify(outcome)}.`,
    workflowId,
    tryIt: sendAnother(stage),
  };
}

/** A conversation on the simulated LivePerson, then the bot's request: both paste into a shell. */
function sendAnother(stage: Stage): string[] {
  return [
    `C=$(curl -s ${stage.simulators.liveperson}/_control/create-conversation -H 'content-type: application/json' -d '{"assignedTo":"baton-bot"}' | sed 's/.*"conversationId":"\\([^"]*\\)".*/\\1/')`,
    `curl -s ${stage.gateway.url}/v1/escalations -H 'authorization: Bearer ${stage.gateway.apiKey}' -H 'content-type: application/json' -d '{"conversationId":"'$C'","requestId":"mine-1","integration":"to-human","variables":{"skillId":"4712","firstName":"Ada"}}'`,
  ];
}
