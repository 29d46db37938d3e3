// LivePerson Conversational Cloud: the desk (transfer to skill or agent) and the bot side (post, failure notices).
import { BatonError } from '../../domain/errors';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { createHttpClient } from '../http';
import type { Platform, PlatformLog } from '../platform';
import { createLivePersonBotSide } from './bot-side';
import { checkBot, checkConnector, readConnector, readNoticeEndpoint } from './connector-options';
import { createLivePersonDesk, LIVEPERSON_CAPABILITIES } from './desk';
import { isValidTargetId } from './ids';
import { createRuntime } from './runtime';
import type { Runtime } from './runtime';

/** A runtime and how many desks and bot sides use it. */
interface Shared {
  readonly runtime: Runtime;
  users: number;
}

/**
 * The platform. Desk and bot sides that are made with the same connector object share one login and one agent
 * socket, which closes with the last of them.
 */
export function createLivePerson(): Platform {
  const shared = new WeakMap<ConnectorConfiguration, Shared>();

  function acquire(
    connector: ConnectorConfiguration,
    log: PlatformLog,
  ): { readonly runtime: Runtime; readonly release: () => Promise<void> } {
    const entry = shared.get(connector) ?? {
      runtime: createRuntime(readConnector(connector), log),
      users: 0,
    };
    shared.set(connector, entry);
    entry.users += 1;
    let released = false;
    return {
      runtime: entry.runtime,
      async release() {
        if (released) return;
        released = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        shared.delete(connector);
        await entry.runtime.close();
      },
    };
  }

  return {
    name: 'liveperson',
    desk: {
      capabilities: LIVEPERSON_CAPABILITIES,
      isValidTargetId,
      checkConnector,
      createDesk(connector, { log }) {
        const { runtime, release } = acquire(connector, log);
        return createLivePersonDesk(runtime, release);
      },
    },
    botSide: {
      needsConnector: true,
      deliversNotices: true,
      checkBot,
      createBotSide(bot, connector, { name, log }) {
        if (!connector)
          throw new BatonError('ESC_PLATFORM_REJECTED', `bot ${name} needs a liveperson connector`);
        const { runtime, release } = acquire(connector, log);
        const http = createHttpClient({
          ...connector.timeouts,
          allowPrivateNetwork: bot.allowPrivateNetwork,
          privateHosts: bot.privateHosts,
        });
        return createLivePersonBotSide({ runtime, http, endpoint: readNoticeEndpoint(bot), log, release });
      },
    },
  };
}

/** The platform that platforms/index.ts lists. */
export const livePerson: Platform = createLivePerson();
