// The doors that a request of the API has to pass: token and organisation, its session, its turn, and the CRC.
import type { OAuth } from '../../simulation/salesforce-oauth';
import type { SimulatorAnswer, SimulatorRequest } from '../../simulation/server';
import { Refusal } from './refusal';
import type { RecordedRequest } from './request-log';
import type { Organisation, Session, World } from './world';

const SCOPE = 'chatbot_api';

/** Whose request it is. `oauth`: by organisation. @throws Refusal 401, 403, 400 or 404, in this order */
export function admit(
  { oauth, world }: { readonly oauth: ReadonlyMap<string, OAuth>; readonly world: World },
  { headers }: SimulatorRequest,
  version: string,
): Organisation {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const [owner, token] =
    [...oauth].map(([id, each]) => [id, each.sessionOf(bearer)] as const).find(([, found]) => found) ?? [];
  if (!token) throw new Refusal(401);
  if (!token.scopes.includes(SCOPE)) throw new Refusal(403);
  if (!world.settings.versions.some(({ versionNumber }) => versionNumber === version)) throw new Refusal(404);
  const org = headers['x-org-id'];
  if (org === undefined) throw new Refusal(400, 'X-Org-Id is required');
  if (!/^00D[A-Za-z0-9]{15}$/.test(org)) throw new Refusal(400, 'X-Org-Id has 18 characters');
  const organisation = world.organisations.find(({ id }) => id === owner);
  if (organisation?.id !== org) throw new Refusal(404);
  return organisation;
}

/** @throws Refusal 404 for a session that is not there or over, 410 for one whose id is no more */
export function sessionOf({ sessions }: World, { id: orgId }: Organisation, sessionId: string): Session {
  const session = Object.hasOwn(sessions, sessionId) ? sessions[sessionId] : undefined;
  if (session?.orgId !== orgId) throw new Refusal(404);
  if (session.ended?.reason === 'Invalid') throw new Refusal(410);
  if (session.ended) throw new Refusal(404);
  return session;
}

/** Runs one request of a session at a time. @throws Refusal 423 while another is being processed */
export async function alone(
  busy: Set<string>,
  sessionId: string | undefined,
  gone: AbortSignal,
  run: () => Promise<SimulatorAnswer>,
): Promise<SimulatorAnswer> {
  if (sessionId === undefined) return run();
  if (busy.has(sessionId)) throw new Refusal(423);
  busy.add(sessionId);
  const free = (): void => void busy.delete(sessionId);
  try {
    const outcome = await run();
    // A request that is never answered is being processed until its client gives up.
    if (outcome.kind === 'hang' && !gone.aborted) gone.addEventListener('abort', free, { once: true });
    else free();
    return outcome;
  } catch (error) {
    free();
    throw error;
  }
}

/** Notes what the `X-Runtime-CRC` is. @throws Refusal 400 for a wrong one, where that is set so */
export function checkCrc(
  { settings }: World,
  { crcs }: Session,
  { headers }: SimulatorRequest,
  noted: RecordedRequest,
): void {
  const sent = headers['x-runtime-crc'];
  if (sent === undefined) noted.crc = 'absent';
  else if (sent === crcs.at(-1)) noted.crc = 'right';
  else noted.crc = crcs.includes(sent) ? 'stale' : 'wrong';
  if (noted.crc === 'wrong' && settings.wrongCrc === 'refuse')
    throw new Refusal(400, 'X-Runtime-CRC is not the one of an answer of this session');
}
