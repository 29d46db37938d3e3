// A platform of bots that calls Baton and does as it is told: a call's body is what `readInbound` shall give, a secret in
// a header is its verification. Its bots keep sessions too.
import type { BotTurn } from '../../domain/bot-session';
import type { BotInboundResult, BotRequest, Platform } from '../../platforms/platform';
import type { BotConfiguration } from '../../domain/configuration';
import { aBot } from './tenant-builders';

/** Its name in the configuration. */
export const SCRIPTED_BOTS = 'scripted-bots';
/** By which its calls are verified: `x-secret`. */
export const SCRIPTED_SECRET = 'the-secret-of-the-scripted-bots';

/** What `readInbound` shall give; the answer's default is 200 without anything. */
export type ScriptedInbound = Partial<BotInboundResult>;

/** See the file's comment. `seen`: the requests as the platform had them. */
export function createScriptedBots(): { readonly platform: Platform; readonly seen: BotRequest[] } {
  const seen: BotRequest[] = [];
  const platform: Platform = {
    name: SCRIPTED_BOTS,
    botSide: {
      needsConnector: false,
      deliversNotices: false,
      sessions: {
        entryBotId: () => 'entry',
        readTrigger: (_bot, { response, lastSequenceId }) => {
          const { turn } = response as { turn?: BotTurn };
          if (!turn)
            return { kind: 'invalid', faults: [{ pointer: '/response/turn', detail: 'is missing' }] };
          return { kind: 'turn', turn, botId: 'entry', sequence: Number(lastSequenceId ?? 0) };
        },
      },
      readInbound: (_bot, _connector, request) => {
        seen.push(request);
        if (request.headers['x-secret'] !== SCRIPTED_SECRET)
          return {
            answer: { status: 401, headers: { 'X-Why': 'Secret' }, body: 'who are you?' },
            deeds: [],
            unauthorized: true,
          };
        const script = JSON.parse(
          request.body.length === 0 ? '{}' : request.body.toString(),
        ) as ScriptedInbound;
        return { answer: { status: 200 }, deeds: [], ...script };
      },
      checkBot: () => [],
      createBotSide: () => {
        throw new Error('no worker runs');
      },
    },
  };
  return { platform, seen };
}

/** A bot of the platform. */
export const aScriptedBot = (with_: Partial<BotConfiguration> = {}): BotConfiguration => {
  const { connector: _none, ...bot } = aBot({ platform: SCRIPTED_BOTS, ...with_ });
  return bot;
};

/** Calls below a bot's address as its platform does. */
export function callBot(
  gatewayUrl: string,
  path: string,
  call: { readonly method?: string; readonly secret?: string; readonly script?: ScriptedInbound } = {},
): Promise<Response> {
  const { method = 'POST', secret = SCRIPTED_SECRET, script } = call;
  return fetch(`${gatewayUrl}/v1/bots/${path}`, {
    method,
    headers: { 'x-secret': secret },
    signal: AbortSignal.timeout(20_000),
    ...(script && { body: JSON.stringify(script) }),
  });
}
