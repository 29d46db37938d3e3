// The answers of an operation in the OpenAPI document: its own, and its problems grouped by status.
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject, oas31 } from 'zod-openapi';
import { ERRORS, type ErrorCode } from '../../domain/errors';
import type { RouteExamples } from './examples';
import type { HeaderName } from './headers';
import { problemsOf, type RouteAnswer, type RouteDescription } from './route';

const PROBLEM_HEADERS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  409: ['Retry-After'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** Every answer that the route gives, and no other. */
export function responsesOf(route: RouteDescription, examples: RouteExamples): ZodOpenApiResponsesObject {
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const [status, answer] of Object.entries(route.answers))
    responses[status] = answerOf(route, answer, examples.answers?.[Number(status)]);
  if (route.otherAnswers) responses['default'] = answerOf(route, route.otherAnswers, undefined);
  for (const [status, codes] of byStatus(problemsOf(route))) {
    const own = responses[status];
    const problem = problemOf(route, status, codes);
    responses[status] = own ? eitherOf(own, problem) : problem;
  }
  return responses;
}

/** Of a status that tells of a problem as well as of something else, such as 503 of `/readyz`. */
function eitherOf(one: ZodOpenApiResponseObject, other: ZodOpenApiResponseObject): ZodOpenApiResponseObject {
  return {
    ...other,
    description: `${one.description} ${other.description}`,
    content: { ...one.content, ...other.content },
  };
}

function answerOf(route: RouteDescription, answer: RouteAnswer, example: unknown): ZodOpenApiResponseObject {
  const { description, schema, contentType, headers = [], links } = answer;
  const type = contentType ?? (schema && 'application/json');
  return {
    description,
    headers: refs([...headers, ...limitHeaders(route)]),
    ...(links && { links: linksTo(links) }),
    ...(type !== undefined && {
      content: {
        [type]: { schema: schema ?? { type: 'string' }, ...(example !== undefined && { example }) },
      },
    }),
  };
}

function linksTo(operations: readonly string[]): Record<string, oas31.LinkObject> {
  const parameters = { conversationId: '$response.body#/conversationId' };
  return Object.fromEntries(operations.map((operationId) => [operationId, { operationId, parameters }]));
}

function problemOf(
  route: RouteDescription,
  status: number,
  codes: readonly ErrorCode[],
): ZodOpenApiResponseObject {
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(' '),
    headers: refs([...(PROBLEM_HEADERS[status] ?? []), ...(status === 401 ? [] : limitHeaders(route))]),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { properties: { code: { enum: [...codes] }, status: { const: status } } },
          ],
        },
      },
    },
  };
}

/** On what a key's calls are answered with, once its key is known. */
function limitHeaders({ caller }: RouteDescription): readonly HeaderName[] {
  return caller === 'tenant' || caller === 'operator' ? ['RateLimit', 'RateLimit-Policy'] : [];
}

function refs(names: readonly HeaderName[]): Record<string, oas31.ReferenceObject> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function byStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const statuses = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return new Map([...statuses].sort(([one], [other]) => one - other));
}
