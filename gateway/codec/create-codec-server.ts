// Encrypts and decrypts payloads for the Temporal UI and CLI: `POST /codec/encode` and `/codec/decode`, on a port of
// its own. Whoever can log in here can read everything, so it answers pages of the Temporal UI alone and logs ids of
// keys and nothing else.
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createKeyRing, createPayloadCodec, keyIdOf } from '../../codec';
import type { EncryptionConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { PlatformLog } from '../../platforms/platform';
import { InvalidRequest, problemOf } from '../http/problem';
import { createCodecLogin, type CodecLogin } from './login';
import { LOGIN_PAGE_HEADERS, loginPage } from './login-page';
import { readPayloads, writePayloads } from './payloads';

/** Largest body, in bytes: a payload may have 2 MB, and base64 adds a third. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** A login is a token. */
const LOGIN_LIMIT = 4 * 1024;

/** What the codec server is made with. */
export interface CodecServerDeps {
  readonly encryption: EncryptionConfiguration;
  readonly namespace: string;
  readonly log: PlatformLog;
}

/**
 * The codec server as a Fastify instance that does not listen yet.
 * @throws BatonError `ESC_CODEC_SERVER_OFF` when nobody is configured to log in
 */
export function createCodecServer(deps: CodecServerDeps): FastifyInstance {
  const { codecServer } = deps.encryption;
  if (!codecServer) throw new BatonError('ESC_CODEC_SERVER_OFF', 'there is no encryption.codecServer');
  const { uiOrigin } = codecServer;
  const login = createCodecLogin({ token: codecServer.token.reveal(), uiOrigin, now: Date.now });
  const app = Fastify({ bodyLimit: BODY_LIMIT, requestTimeout: 30_000, connectionTimeout: 70_000 });
  app.setErrorHandler((error, request, reply) => sendError(deps, error, request, reply));
  app.setNotFoundHandler((request, reply) => sendError(deps, { statusCode: 404 }, request, reply));
  addCors(app, uiOrigin);
  addCodecRoutes(app, deps, login);
  addLoginRoutes(app, login);
  return app;
}

function addCors(app: FastifyInstance, uiOrigin: string): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('vary', 'Origin');
    if (request.headers.origin !== uiOrigin) return;
    void reply.headers({
      'access-control-allow-origin': uiOrigin,
      'access-control-allow-credentials': 'true',
    });
  });
  app.options('/codec/*', async (_request, reply) =>
    reply
      .headers({
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization, content-type, x-namespace',
        'access-control-max-age': '600',
      })
      .code(204)
      .send(),
  );
}

function addCodecRoutes(
  app: FastifyInstance,
  { encryption, namespace, log }: CodecServerDeps,
  login: CodecLogin,
): void {
  const codec = createPayloadCodec({ ring: createKeyRing(encryption), namespace });
  for (const way of ['encode', 'decode'] as const) {
    app.post(
      `/codec/${way}`,
      // Before the body is read: a stranger's is not.
      { onRequest: async (request) => requireLogin(login, request) },
      async (request) => {
        requireNamespace(request, namespace);
        const given = readPayloads(request.body);
        const made = await codec[way](given);
        const keys = [...new Set((way === 'encode' ? made : given).map(keyIdOf))].filter(Boolean);
        log.info({ event: `codec.${way}d`, payloads: given.length, keys }, 'codec server');
        return writePayloads(made);
      },
    );
  }
}

function addLoginRoutes(app: FastifyInstance, login: CodecLogin): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.get('/codec/login', async (_request, reply) =>
    reply.headers(LOGIN_PAGE_HEADERS).send(loginPage('asks')),
  );
  app.post('/codec/login', { bodyLimit: LOGIN_LIMIT }, async (request, reply) => {
    const { token } = (request.body ?? {}) as { token?: unknown };
    const isRight = login.isToken(typeof token === 'string' ? token : '');
    if (isRight) void reply.header('set-cookie', login.cookie());
    return reply
      .headers(LOGIN_PAGE_HEADERS)
      .code(isRight ? 200 : 401)
      .send(loginPage(isRight ? 'done' : 'refused'));
  });
}

function requireLogin(login: CodecLogin, { headers }: FastifyRequest): void {
  const { authorization, cookie, origin } = headers;
  if (!login.isKnown({ authorization, cookie, origin }))
    throw new BatonError('ESC_CODEC_LOGIN', 'neither a right token nor a cookie of the Temporal UI');
}

/** What is encrypted for one namespace cannot be read in another. */
function requireNamespace({ headers }: FastifyRequest, namespace: string): void {
  const asked = headers['x-namespace'];
  if (asked !== undefined && asked !== '' && asked !== namespace)
    throw new InvalidRequest([{ pointer: '', detail: `X-Namespace is not ${namespace}` }]);
}

async function sendError(
  { log }: CodecServerDeps,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const problem = problemOf(error, request.id);
  // It is the payload that this server cannot read; the server itself is well.
  const status = /^ESC_CODEC_(KEY_UNKNOWN|UNREADABLE)$/.test(problem.code) ? 422 : problem.status;
  log.warn(
    { event: 'codec.refused', code: problem.code, route: request.routeOptions.url },
    'codec server refused',
  );
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  await reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...problem, status }));
}
