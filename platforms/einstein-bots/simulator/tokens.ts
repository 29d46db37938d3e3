// One token endpoint for all organisations: whose app asks decides whose token it is.
import { answer } from '../../simulation/server';
import type { SimulatorAnswer, SimulatorRequest } from '../../simulation/server';
import type { OAuth } from '../../simulation/salesforce-oauth';
import type { World } from './world';

type OAuthByOrg = ReadonlyMap<string, OAuth>;

/** Answers `POST /services/oauth2/token`. An app that nobody has is refused as any organisation would. */
export function onToken(
  oauth: OAuthByOrg,
  { organisations }: World,
  request: SimulatorRequest,
): SimulatorAnswer {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const { iss, client_id: clientId = iss } = claimsOf(form);
  const owner = organisations.find(({ apps }) => apps.some((app) => app.clientId === clientId));
  const asked = (owner && oauth.get(owner.id)) ?? [...oauth.values()][0];
  if (!asked)
    return answer(400, { error: 'invalid_client_id', error_description: 'client identifier invalid' });
  const { status, body } = asked.token(form);
  return answer(status, body);
}

/** Answers `POST /services/oauth2/introspect`: an app may ask about the tokens of its organisation. */
export function onIntrospect(
  oauth: OAuthByOrg,
  { organisations }: World,
  { headers, body }: SimulatorRequest,
): SimulatorAnswer {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const [clientId, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  const owner = organisations.find(({ apps }) =>
    apps.some(
      (app) => app.clientId === clientId && app.clientSecret !== undefined && app.clientSecret === secret,
    ),
  );
  if (!owner)
    return answer(401, { error: 'invalid_client', error_description: 'invalid client credentials' });
  const token = new URLSearchParams(body.toString('utf8')).get('token') ?? '';
  const session = oauth.get(owner.id)?.sessionOf(token);
  if (!session) return answer(200, { active: false });
  const { scopes, username, expiresAt } = session;
  return answer(200, {
    active: true,
    scope: scopes.join(' '),
    client_id: clientId,
    username,
    token_type: 'access_token',
    exp: Math.floor(expiresAt / 1000),
  });
}

/** What a token request says of who asks, without what proves it. */
export function claimsOf(form: URLSearchParams): Readonly<Record<string, string>> {
  const [, payload = ''] = (form.get('assertion') ?? '').split('.');
  const claims = Object.entries(jsonOf(payload)).map(([name, value]) => [name, String(value)] as const);
  const plain = [...form].filter(([name]) => ['grant_type', 'client_id'].includes(name));
  return Object.fromEntries([...plain, ...claims]);
}

function jsonOf(part: string): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
