// Makes a route of the gateway out of its description: who calls, what the call holds, each read by its schema before
// the handler sees it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { unknownOf, type RouteDescription } from '../../contract/http/route';
import { ROUTES, type RouteName } from '../../contract/http/routes';
import { BatonError } from '../../domain/errors';
import type { Caller } from '../access/caller';
import type { Gate } from '../access/gate';
import { TAKES_REST } from './allowed-methods';
import { readPart } from './read';

type Read<R, Part extends 'path' | 'query' | 'headers' | 'body'> =
  R extends Readonly<Record<Part, infer S extends z.ZodType>> ? z.output<S> : undefined;

/** A call whose parts fit the route's schemas. */
export interface Call<R> {
  /** Of a tenant's route; on others empty. */
  readonly caller: R extends { readonly caller: 'tenant' } ? Caller : undefined;
  readonly path: Read<R, 'path'>;
  readonly query: Read<R, 'query'>;
  readonly headers: Read<R, 'headers'>;
  readonly body: Read<R, 'body'>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a route does. Its result is the body, unless it has sent the reply itself. */
export type Handle<N extends RouteName> = (call: Call<(typeof ROUTES)[N]>) => unknown;

/** Adds routes by the names of the table. */
export interface RouteAdder {
  add<N extends RouteName>(name: N, handle: Handle<N>): void;
}

/** Adds routes to `app`. */
export function createRouteAdder(app: FastifyInstance, gate: Gate): RouteAdder {
  return {
    add: (name, handle) => {
      const route: RouteDescription = ROUTES[name];
      const callers = new WeakMap<FastifyRequest, Caller>();
      app.route({
        method: route.method,
        // Every GET may be asked for its headers only, but a stream has no end, and a platform's GET may do something.
        exposeHeadRoute: route.method === 'GET' && !isStream(route) && route.caller !== 'platform',
        url: patternOf(route),
        ...(route.rest !== undefined && { config: TAKES_REST }),
        ...(route.maxBodyBytes !== undefined && { bodyLimit: route.maxBodyBytes }),
        // Before the body is read: a stranger's is not.
        onRequest: async (request, reply) => {
          const caller = await callerOf(route, gate, request, reply);
          if (caller) callers.set(request, caller);
        },
        handler: async (request, reply) => {
          const call = { ...readParts(route, request), caller: callers.get(request), request, reply };
          return handle(call as never);
        },
      });
    },
  };
}

/** The path as the router knows it. */
function patternOf({ url, rest }: RouteDescription): string {
  return url.replace(/\{(\w+)\}/g, (_all, name: string) => (name === rest ? '*' : `:${name}`));
}

async function callerOf(
  { caller }: RouteDescription,
  gate: Gate,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller | undefined> {
  if (caller === 'tenant') return gate.tenant(request, reply);
  if (caller === 'operator') await gate.operator(request, reply);
  return undefined;
}

function isStream({ answers }: RouteDescription): boolean {
  return answers[200]?.contentType === 'text/event-stream';
}

function readParts(route: RouteDescription, request: FastifyRequest): Record<string, unknown> {
  return {
    path: route.path && readPath(route, route.path, request.params),
    query: route.query && readPart(route.query, request.query),
    headers: route.headers && readPart(route.headers, request.headers),
    body: route.body && readPart(route.body, request.body),
  };
}

/** What can be no id names nothing; a database behind may even choke on it. A platform is not told which names there are. */
function readPath(route: RouteDescription, schema: z.ZodObject, params: unknown): unknown {
  const { '*': rest, ...named } = params as Readonly<Record<string, string>>;
  const read = schema.safeParse(route.rest === undefined ? named : { ...named, [route.rest]: rest });
  if (read.success) return read.data;
  const unknown = unknownOf(route);
  throw new BatonError(
    unknown,
    unknown === 'ESC_WEBHOOK_UNAUTHORIZED' ? 'no connector verifies it' : 'this is no id',
  );
}
