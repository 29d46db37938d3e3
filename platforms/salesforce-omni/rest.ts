// The client of Salesforce's core REST API: one token for all calls, replaced once when it is refused; one rate limit;
// several questions in one call where one counts as one. What Salesforce says no to is a value, see refusal.ts.
import type { z } from 'zod';
import { BatonError } from '../../domain/errors';
import type { HttpClient, HttpResponse, RateLimiter } from '../http';
import { parseValue } from '../parse-body';
import { sendWithToken } from '../salesforce/login';
import type { Login, Token } from '../salesforce/login';
import type { NoteUsage } from './api-usage';
import { accepted, bodyOf, readAnswer } from './refusal';
import type { Answer } from './refusal';
import { compositeSchema, pageSchema } from './wire';

/** One call. */
export interface RestCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/services/data/vXX.X`, with its slash. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call within a composite one. */
export interface Part extends RestCall {
  /** Letters, digits and underscores; other parts may refer to it. */
  readonly reference: string;
}

/** Answers of a composite call by reference. */
export type Parts = ReadonlyMap<string, Answer>;

/** See the file's comment. Each method throws as {@link readAnswer} and the HTTP client do, and `ESC_PLATFORM_UNAUTHORIZED`. */
export interface Rest {
  call(call: RestCall, signal: AbortSignal): Promise<Answer>;
  /** At most 25 parts, in order, as one call; `allOrNone`: one refusal undoes all. */
  composite(
    parts: readonly Part[],
    options: { readonly allOrNone: boolean },
    signal: AbortSignal,
  ): Promise<Parts>;
  /** All rows. @throws BatonError `ESC_PLATFORM_REJECTED` for a query that Salesforce does not take */
  query<T>(soql: string, row: z.ZodType<T>, signal: AbortSignal): Promise<readonly T[]>;
  /** All rows of the answer to a query made as a part. @throws as {@link Rest.query} */
  rows<T>(answer: Answer | undefined, row: z.ZodType<T>, signal: AbortSignal): Promise<readonly T[]>;
}

/** What the client needs. */
export interface RestDeps {
  readonly http: HttpClient;
  readonly login: Login;
  readonly limiter: RateLimiter;
  readonly noteUsage: NoteUsage;
  readonly apiVersion: string;
  readonly requestMs: number;
}

const HELD_BACK_MS = 1_000;

/** The path of a query. */
export function queryPath(soql: string): string {
  return `/query/?q=${encodeURIComponent(soql)}`;
}

/** See {@link Rest}. */
export function createRest(deps: RestDeps): Rest {
  const root = `/services/data/v${deps.apiVersion}`;

  async function call(request: RestCall, signal: AbortSignal): Promise<Answer> {
    const what = `${request.method} ${nameOf(request.path)}`;
    const { status, headers, body } = await sendWithToken(deps.login, {
      what,
      signal,
      async send(token) {
        await deps.limiter.acquire(AbortSignal.any([signal, AbortSignal.timeout(deps.requestMs)]));
        const answer = await send(deps, token, root, request, signal);
        deps.noteUsage(answer.headers['sforce-limit-info']);
        return answer;
      },
    });
    try {
      return readAnswer(status, headers, bodyOf(body), what);
    } catch (error) {
      if (error instanceof BatonError && error.code === 'ESC_PLATFORM_RATE_LIMITED')
        deps.limiter.holdBack(error.retryAfterMs ?? HELD_BACK_MS);
      throw error;
    }
  }

  async function composite(
    parts: readonly Part[],
    { allOrNone }: { readonly allOrNone: boolean },
    signal: AbortSignal,
  ): Promise<Parts> {
    const compositeRequest = parts.map(({ method, path, reference, body, headers }) => ({
      method,
      url: `${root}${path}`,
      referenceId: reference,
      ...(body !== undefined && { body }),
      ...(headers && { httpHeaders: headers }),
    }));
    const body = { allOrNone, compositeRequest };
    const answer = accepted(
      await call({ method: 'POST', path: '/composite', body }, signal),
      'POST composite',
    );
    const { compositeResponse } = parseValue(compositeSchema, answer, 'POST composite');
    return new Map(
      compositeResponse.map((each) => [
        each.referenceId,
        // The outer status is always 200; a fault of a part is a fault of the call.
        readAnswer(each.httpStatusCode, {}, each.body, `part ${each.referenceId}`),
      ]),
    );
  }

  async function rows<T>(
    answer: Answer | undefined,
    row: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    if (!answer) throw new BatonError('ESC_PLATFORM_PROTOCOL', 'a composite call left a query unanswered');
    const found: T[] = [];
    for (let next = answer; ;) {
      const page = parseValue(pageSchema, accepted(next, 'query'), 'query');
      found.push(...page.records.map((record) => parseValue(row, record, 'query')));
      if (page.done || !page.nextRecordsUrl) return found;
      next = await call({ method: 'GET', path: below(root, page.nextRecordsUrl) }, signal);
    }
  }

  return {
    call,
    composite,
    rows,
    query: async (soql, row, signal) =>
      rows(await call({ method: 'GET', path: queryPath(soql) }, signal), row, signal),
  };
}

function send(
  { http }: RestDeps,
  token: Token,
  root: string,
  { method, path, body, headers }: RestCall,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return http.request({
    method,
    url: `${token.instanceUrl}${root}${path}`,
    headers: {
      ...headers,
      authorization: `Bearer ${token.bearer}`,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  });
}

/** The resource without what may name people: ids and questions stay out of logs. */
function nameOf(path: string): string {
  return path.split(/[/?]/).slice(1, 3).filter(Boolean).join('/');
}

/** Salesforce's path of the next page; it has the root in it. */
function below(root: string, url: string): string {
  if (url.startsWith(`${root}/`)) return url.slice(root.length);
  throw new BatonError('ESC_PLATFORM_PROTOCOL', 'the next page of a query is somewhere else');
}
