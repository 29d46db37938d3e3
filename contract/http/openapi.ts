// The OpenAPI document of the gateway, made from the table of routes. docs/openapi.json is the committed copy, and the
// gateway serves the same at /openapi.json.
import { createDocument, type oas31, type ZodOpenApiOperationObject } from 'zod-openapi';
import { problemSchema } from './answers';
import { noticeEnvelopeSchema } from '../notice-envelope';
import { OPENAPI_EXAMPLES, type RouteExamples } from './examples';
import { HEADERS } from './headers';
import type { RouteCaller, RouteDescription } from './route';
import { API_VERSION, ROUTES } from './routes';
import { responsesOf } from './openapi-responses';

/** The document that {@link openApiDocument} makes. */
export type OpenApiDocument = oas31.OpenAPIObject;

const TENANT = 'tenantKey';
const OPERATOR = 'operatorKey';

const DESCRIPTION = `Bots ask for a handoff, read how it goes and speak to the user while they own the conversation; platforms report by webhook.

- **Errors** are problem details (RFC 9457). Branch on \`code\`: it is stable. docs/errors.md has all of them.
- **Calls that change something** can be sent again: ids that the caller chose make them the same call.
- **Unknown members** of a body are refused. Answers may get further members within \`/v1\` only where the schema allows them.
- **Notices** arrive as signed webhooks (Standard Webhooks) or as the events of \`streamEvents\`.`;

/** The document. Pure: the same table gives the same document. */
export function openApiDocument(): OpenApiDocument {
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Baton',
        version: API_VERSION,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The gateway that serves this document.' }],
      externalDocs: { description: 'The same as a page to read.', url: '/docs' },
      tags: [
        { name: 'Escalations', description: 'Handoffs of a conversation.' },
        { name: 'Conversations', description: 'Who may speak to the user, and speaking.' },
        { name: 'Sessions', description: 'Users of bots that Baton speaks to in their place.' },
        { name: 'Webhooks', description: 'What platforms call.' },
        { name: 'Operation', description: 'For those who run Baton.' },
      ],
      security: [],
      paths: pathsOf(Object.values(ROUTES)),
      webhooks: { notice: { post: NOTICE_OPERATION } },
      components: {
        securitySchemes: SECURITY_SCHEMES,
        headers: HEADERS,
        schemas: { Problem: problemSchema, Notice: noticeEnvelopeSchema },
      },
    },
    {
      override: ({ jsonSchema, io }) => {
        // Of TypeScript's `readonly`, which says nothing about JSON.
        delete jsonSchema.readOnly;
        // A query's numbers arrive as text, and so is their default.
        if (jsonSchema.type === 'integer' && jsonSchema.default !== undefined)
          jsonSchema.default = Number(jsonSchema.default);
        if (io === 'output' && jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      },
    },
  );
}

const SECURITY_SCHEMES = {
  [TENANT]: {
    type: 'http',
    scheme: 'bearer',
    description:
      "One of the tenant's keys (`baton keys create`), or a token of its identity provider if `oidc` is configured.",
  },
  [OPERATOR]: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of `gateway.operatorKeys`.',
  },
} satisfies Record<string, oas31.SecuritySchemeObject>;

const SECURITY: Readonly<Record<RouteCaller, oas31.SecurityRequirementObject[]>> = {
  tenant: [{ [TENANT]: [] }],
  operator: [{ [OPERATOR]: [] }],
  platform: [],
  anybody: [],
};

const signedHeader = (name: string, description: string): oas31.ParameterObject => ({
  in: 'header',
  name,
  required: true,
  description,
  schema: { type: 'string' },
});

/** What Baton calls: the URL of a bot that takes its notices by webhook. */
const NOTICE_OPERATION: ZodOpenApiOperationObject = {
  operationId: 'notice',
  tags: ['Webhooks'],
  summary: 'Baton tells the bot how its request goes',
  description:
    'A call that Baton makes, to the URL of `notices.webhook`. In order for each escalation, at least once, retried for hours. Signed as Standard Webhooks has it: check it with any of its libraries.',
  security: [],
  parameters: [
    signedHeader('webhook-id', 'The same on every delivery of this notice: drop what you know.'),
    signedHeader('webhook-timestamp', 'When this delivery was sent, in seconds.'),
    signedHeader('webhook-signature', 'One signature for each secret that is valid.'),
  ],
  requestBody: { required: true, content: { 'application/json': { schema: noticeEnvelopeSchema } } },
  responses: {
    '2XX': { description: 'The bot has it.' },
    410: { description: 'The bot wants no more of them.' },
    default: { description: 'It is sent again later.' },
  },
};

function pathsOf(
  routes: readonly RouteDescription[],
): Record<string, Record<string, ZodOpenApiOperationObject>> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes)
    paths[route.url] = { ...paths[route.url], [route.method.toLowerCase()]: operationOf(route) };
  return paths;
}

function operationOf(route: RouteDescription): ZodOpenApiOperationObject {
  const { operationId, tag, summary, description, caller, path, query, headers } = route;
  const examples: RouteExamples = OPENAPI_EXAMPLES[operationId] ?? {};
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: SECURITY[caller],
    ...((path ?? query ?? headers) && {
      requestParams: {
        ...(path && { path }),
        ...(query && { query }),
        ...(headers && { header: headers }),
      },
    }),
    ...requestBodyOf(route, examples),
    responses: responsesOf(route, examples),
  };
}

function requestBodyOf(
  { body, caller, method }: RouteDescription,
  { request }: RouteExamples,
): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (caller === 'platform' && method === 'POST')
    return {
      requestBody: {
        description: 'As the platform sends it. Signatures are checked over the exact bytes.',
        required: true,
        content: { 'application/json': { schema: {} } },
      },
    };
  if (!body) return {};
  const example = request === undefined ? {} : { example: request };
  return { requestBody: { required: true, content: { 'application/json': { schema: body, ...example } } } };
}
