// What the plan needs to know of a connector's platform, for the worker that plans and the gateway that previews.
import type { PlanBotSide, PlanDesk } from '../domain/make-rung';
import type { Platform } from './platform';

/** The desk half of a platform as the plan sees it; undefined if the platform is unknown or has none. */
export function planDesk(
  platforms: Readonly<Record<string, Platform>>,
  platform: string | undefined,
): PlanDesk | undefined {
  const desk = platform === undefined ? undefined : platforms[platform]?.desk;
  if (platform === undefined || !desk) return undefined;
  return {
    platform,
    capabilities: desk.capabilities,
    isValidTargetId: (kind, id) => desk.isValidTargetId(kind, id),
  };
}

/** The bot half of a platform as the plan sees it; undefined if the platform is unknown or has none. */
export function planBotSide(
  platforms: Readonly<Record<string, Platform>>,
  platform: string,
): PlanBotSide | undefined {
  const side = Object.hasOwn(platforms, platform) ? platforms[platform]?.botSide : undefined;
  if (!side) return undefined;
  const { ownProgress, extendEveryMs, readsTranscript, sessions } = side;
  return {
    ...(ownProgress && { ownProgress }),
    ...(extendEveryMs !== undefined && { extendEveryMs }),
    ...(readsTranscript && { readsTranscript }),
    ...(sessions && { keepsSessions: true }),
  };
}
