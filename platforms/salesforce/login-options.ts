// What a connector says of its login to an org, the same for every API of Salesforce behind OAuth.
import { z } from 'zod';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { fault, isRsaKey, pemOrSecret, textOrSecret } from '../connector-options';
import { checkUrl } from '../http';
import type { OptionFault } from '../platform';
import { isId } from './ids';
import type { LoginConnector } from './login';

const PRODUCTION = 'https://login.salesforce.com';

/** Options of the login, for the schema of a connector's options. */
export const loginOptions = {
  /** Where tokens come from. @default https://login.salesforce.com, for JWT only */
  loginUrl: z.string().optional(),
  /** `aud` of the JWT. @default the origin of `loginUrl` */
  audience: z.string().min(1).optional(),
};

const credentialsSchema = z.union([
  z.strictObject({ clientId: textOrSecret, clientSecret: textOrSecret }),
  z.strictObject({ clientId: textOrSecret, username: textOrSecret, privateKey: pemOrSecret }),
]);

/** How the connector logs in: the client credentials of an app, or a JWT signed for one of its users. */
export type Credentials = z.output<typeof credentialsSchema>;

/** Every fault of a connector's account, credentials and `loginUrl`. */
export function checkLogin(connector: ConnectorConfiguration): readonly OptionFault[] {
  const { account, credentials } = connector;
  return [
    ...(isId(account) && account.startsWith('00D')
      ? []
      : [fault(['account'], 'must be the id of the org', 'Copy it from Setup, Company Information: 00D….')]),
    ...checkCredentials(credentials),
    ...checkLoginUrl(connector),
  ];
}

/** What the login needs, of a connector without faults and its options as read. */
export function readLogin(
  connector: ConnectorConfiguration,
  options: { readonly loginUrl?: string | undefined; readonly audience?: string | undefined },
): Omit<LoginConnector, 'requestMs'> {
  const loginUrl = (options.loginUrl ?? PRODUCTION).replace(/\/+$/, '');
  return {
    org: connector.account,
    loginUrl,
    audience: options.audience ?? loginUrl,
    credentials: credentialsSchema.parse(connector.credentials),
  };
}

function checkCredentials(credentials: ConnectorConfiguration['credentials']): OptionFault[] {
  const remedy =
    'Give `clientId` and `clientSecret`, or `clientId`, `username` and `privateKey`, the RSA key of the app’s certificate in PEM.';
  const checked = credentialsSchema.safeParse(credentials);
  if (!checked.success)
    return [fault(['credentials'], 'are neither client credentials nor those of a JWT', remedy)];
  if (!('privateKey' in checked.data) || isRsaKey(checked.data.privateKey)) return [];
  return [fault(['credentials', 'privateKey'], 'is not an RSA private key in PEM', remedy)];
}

function checkLoginUrl(connector: ConnectorConfiguration): OptionFault[] {
  const { loginUrl } = connector.options;
  const path = ['options', 'loginUrl'];
  const remedy = 'Set it to the My Domain URL of the org, such as https://acme.my.salesforce.com.';
  if (loginUrl === undefined)
    return 'clientSecret' in connector.credentials
      ? [fault(path, 'is needed for client credentials, which only My Domain takes', remedy)]
      : [];
  if (typeof loginUrl !== 'string') return [];
  try {
    const url = checkUrl(loginUrl, connector);
    return url.pathname === '/' && url.search === '' ? [] : [fault(path, 'has more than a host', remedy)];
  } catch (error) {
    return [fault(path, (error as Error).message, remedy)];
  }
}
