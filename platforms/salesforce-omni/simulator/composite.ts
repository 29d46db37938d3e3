// Several calls in one: parts in order, each may use what the ones before it gave, all or nothing if so asked.
import { z } from 'zod';
import { ApiFault } from './api-fault';
import type { Api } from './api';
import type { ApiAnswer, ApiCall } from './api-call';
import type { Records } from './records';

const MAX_PARTS = 25;
const MAX_QUERIES = 5;
const ROLLED_BACK = 'The transaction was rolled back since another operation in the same transaction failed.';

const bodySchema = z.strictObject({
  allOrNone: z.boolean().default(false),
  collateSubrequests: z.boolean().optional(),
  compositeRequest: z
    .array(
      z.strictObject({
        method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
        url: z.string().startsWith('/services/data/v'),
        referenceId: z.string().regex(/^[A-Za-z0-9]\w*$/),
        body: z.unknown().optional(),
        httpHeaders: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1),
});

type Part = z.output<typeof bodySchema>['compositeRequest'][number];

/** A part that is refused by order. */
export interface RefusedPart {
  readonly reference: string;
  readonly status: number;
  readonly errorCode: string;
}

/** The calls that a composite body is made of; undefined if it is none. */
export function partsOf(
  body: unknown,
): readonly { readonly method: string; readonly url: string }[] | undefined {
  const read = bodySchema.safeParse(body);
  return read.success ? read.data.compositeRequest : undefined;
}

/** Answers `POST /composite`: always 200, once the body is one. @throws ApiFault */
export function runComposite(
  deps: { readonly records: Records; readonly api: Api },
  call: ApiCall,
  refused: RefusedPart | undefined,
): ApiAnswer {
  const read = bodySchema.safeParse(call.body);
  if (!read.success) throw new ApiFault(400, 'JSON_PARSER_ERROR', z.prettifyError(read.error));
  const { compositeRequest: parts, allOrNone } = read.data;
  refuseTooMany(parts);
  const answers = new Map<string, ApiAnswer>();
  const run = (): boolean => {
    for (const part of parts) {
      const answer = runPart(deps, call, part, answers, refused);
      answers.set(part.referenceId, answer);
      if (answer.status >= 400 && allOrNone) throw new RolledBack(part.referenceId);
    }
    return true;
  };
  try {
    if (allOrNone) deps.records.atomically(run);
    else run();
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    for (const { referenceId } of parts)
      if (referenceId !== error.culprit) answers.set(referenceId, halted(ROLLED_BACK));
  }
  const compositeResponse = parts.map(({ referenceId }) => {
    const { status = 400, body = null } = answers.get(referenceId) ?? {};
    return { body, httpHeaders: {}, httpStatusCode: status, referenceId };
  });
  return { status: 200, body: { compositeResponse } };
}

class RolledBack extends Error {
  constructor(readonly culprit: string) {
    super('rolled back');
  }
}

function refuseTooMany(parts: readonly Part[]): void {
  const references = new Set(parts.map(({ referenceId }) => referenceId));
  const queries = parts.filter(({ url }) => /^\/services\/data\/v[\d.]+\/query/.test(url));
  if (parts.length > MAX_PARTS || queries.length > MAX_QUERIES)
    throw new ApiFault(400, 'LIMIT_EXCEEDED', 'too many subrequests');
  if (references.size < parts.length)
    throw new ApiFault(400, 'INVALID_BATCH_REQUEST', 'referenceId must be unique');
}

function runPart(
  { api }: { readonly api: Api },
  call: ApiCall,
  part: Part,
  answers: ReadonlyMap<string, ApiAnswer>,
  refused: RefusedPart | undefined,
): ApiAnswer {
  try {
    if (refused?.reference === part.referenceId)
      throw new ApiFault(refused.status, refused.errorCode, 'as ordered');
    const [path = '', search = ''] = fill(part.url, answers).split('?');
    const [, version = '', rest = ''] = /^\/services\/data\/v(\d+)\.0(\/.*)?$/.exec(path) ?? [];
    const headers = Object.entries(part.httpHeaders ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]);
    return api({
      method: part.method,
      segments: rest.split('/').filter(Boolean).map(decodeURIComponent),
      query: new URLSearchParams(search),
      headers: { ...call.headers, ...(Object.fromEntries(headers) as Record<string, string>) },
      body: fillAll(part.body, answers),
      version: Number(version),
    });
  } catch (error) {
    if (error instanceof Unresolved) return halted(error.message);
    if (error instanceof ApiFault) return { status: error.status, body: error.body() };
    throw error;
  }
}

class Unresolved extends Error {}

function halted(message: string): ApiAnswer {
  return { status: 400, body: new ApiFault(400, 'PROCESSING_HALTED', message).body() };
}

function fillAll(value: unknown, answers: ReadonlyMap<string, ApiAnswer>): unknown {
  if (typeof value === 'string') return fill(value, answers);
  if (Array.isArray(value)) return value.map((each) => fillAll(each, answers));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillAll(each, answers)]));
}

/** `@{reference.path}`, such as `@{newCase.id}` or `@{found.records[0].Id}`. */
function fill(text: string, answers: ReadonlyMap<string, ApiAnswer>): string {
  return text.replace(/@\{(\w+)\.([\w.[\]]+)\}/g, (_all, reference: string, path: string) => {
    const steps = path.split(/[.[\]]/).filter(Boolean);
    const answer = answers.get(reference);
    let value: unknown = answer && answer.status < 400 ? answer.body : undefined;
    for (const step of steps) value = (value as Record<string, unknown> | undefined)?.[step];
    if (typeof value !== 'string')
      throw new Unresolved(`Invalid reference specified. No value for ${reference}.${path} found`);
    return value;
  });
}
