// The codec server's own login: a bearer token for the Temporal CLI, and for the browser, which cannot send one from
// the Temporal UI, a cookie that the same token buys at /codec/login. Comparisons take the same time for every guess.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const COOKIE = 'baton_codec';
const COOKIE_S = 8 * 60 * 60;

/** Who is asking, as far as headers tell. */
export interface CodecCaller {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly origin: string | undefined;
}

/** The checks of one codec server. */
export interface CodecLogin {
  /** By token, or by cookie from a page of the Temporal UI. */
  isKnown(caller: CodecCaller): boolean;
  isToken(token: string): boolean;
  /** Value of `Set-Cookie` for a browser that has shown the token. */
  cookie(): string;
}

/** What the login is made with. */
export interface CodecLoginOptions {
  readonly token: string;
  readonly uiOrigin: string;
  readonly now: () => number;
}

/** The login of a codec server. */
export function createCodecLogin({ token, uiOrigin, now }: CodecLoginOptions): CodecLogin {
  const isToken = (given: string): boolean => timingSafeEqual(digest(given), digest(token));
  const sign = (expiresAt: string): string =>
    createHmac('sha256', token).update(expiresAt).digest('base64url');
  const isCookie = (header: string | undefined): boolean => {
    const [expiresAt = '', signature = ''] = (cookieOf(header) ?? '').split('.');
    const isSigned = timingSafeEqual(digest(signature), digest(sign(expiresAt)));
    return isSigned && Number(expiresAt) > now();
  };
  return {
    isToken,
    // A browser sends cookies whoever asks; only pages of the Temporal UI may.
    isKnown: ({ authorization, cookie, origin }) =>
      isToken(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '') ||
      (origin === uiOrigin && isCookie(cookie)),
    cookie: () => {
      const expiresAt = String(now() + COOKIE_S * 1_000);
      // Another site's page may ask only where TLS protects the cookie on its way.
      const reach = uiOrigin.startsWith('https:') ? 'SameSite=None; Secure' : 'SameSite=Strict';
      return `${COOKIE}=${expiresAt}.${sign(expiresAt)}; HttpOnly; ${reach}; Path=/codec; Max-Age=${COOKIE_S}`;
    },
  };
}

function cookieOf(header: string | undefined): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
