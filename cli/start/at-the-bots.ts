// Bots that Baton speaks to, as a witness: the sessions that began and ended at the simulated runtime, and what the bots
// were told of their transfers. What users say to them is told by the users.
import { PRESET_BOTS } from '../../platforms/einstein-bots/simulator';
import type { EinsteinBotsControl, RecordedRequest } from '../../platforms/einstein-bots/simulator';
import type { Line } from './narrator';
import type { Happening, Witness } from './timeline';

const NAMES: Readonly<Record<string, string>> = {
  [PRESET_BOTS.variables]: 'Variables Bot',
  [PRESET_BOTS.receiver]: 'VariablesReceiver Bot',
  [PRESET_BOTS.support]: 'Support Bot',
};

/** What of a request is told. */
interface StartBody {
  readonly variables?: readonly { readonly name: string; readonly value: unknown }[];
  readonly referrers?: readonly { readonly type: string; readonly value: string }[];
}

/** What they were asked after the first `skipped` requests. */
export function atTheBots(einstein: Pick<EinsteinBotsControl, 'state'>, skipped: number): Witness {
  return async () => {
    const { requests, sessions } = await einstein.state();
    const botOf = (sessionId: string | undefined): string =>
      nameOf(sessions.find(({ id }) => id === sessionId)?.botId);
    return requests.slice(skipped).flatMap((request): Happening[] => {
      const line = request.answered === 200 ? lineOf(request, botOf(request.sessionId)) : undefined;
      return line ? [{ at: request.at, line }] : [];
    });
  };
}

function lineOf({ kinds, body, headers }: RecordedRequest, bot: string): Line | undefined {
  if (kinds.includes('start')) {
    const { variables = [], referrers = [] } = body as StartBody;
    const given = variables
      .filter(({ name }) => !name.startsWith('$'))
      .map(({ name, value }) => `${name} = ${String(value)}`)
      .join(', ');
    const from = referrers.find(({ type }) => type === 'Salesforce:Core:Bot:Id')?.value;
    const more = [
      ...(from === undefined ? [] : [`sent by ${nameOf(from)}`]),
      ...(given === '' ? [] : [`with ${given}`]),
    ];
    return {
      who: 'bot',
      what: [`a session with ${bot} begins`, ...more].join(', '),
      event: 'bot.begins',
      detail: given,
    };
  }
  if (kinds.includes('end')) {
    const reason = headers['x-session-end-reason'] ?? '';
    return {
      who: 'bot',
      what: `the session with ${bot} is ended: ${reason}`,
      event: 'bot.ended',
      detail: reason,
    };
  }
  const told = kinds.find((kind) => kind === 'transferSucceeded' || kind === 'transferFailed');
  return told === undefined
    ? undefined
    : { who: 'bot', what: `${bot} is told: ${told}`, event: 'bot.told', detail: told };
}

function nameOf(botId: string | undefined): string {
  return (botId !== undefined && NAMES[botId]) || 'a bot';
}
