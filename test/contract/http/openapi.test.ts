// The OpenAPI document: valid by the official schema of OpenAPI 3.1, complete, and true to the table that it is made of.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020';
import type { z } from 'zod';
import { OPENAPI_EXAMPLES } from '../../../contract/http/examples';
import { openApiDocument } from '../../../contract/http/openapi';
import { problemsOf, type RouteDescription } from '../../../contract/http/route';
import { ROUTES } from '../../../contract/http/routes';
import { ERRORS } from '../../../domain/errors';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- JSON of any shape
type Json = any;

const OFFICIAL = JSON.parse(
  readFileSync(join(__dirname, 'schema/openapi-3.1.schema.json'), 'utf8'),
) as object;
const routes: readonly RouteDescription[] = Object.values(ROUTES);
/** As a client gets it. */
const document: Json = JSON.parse(JSON.stringify(openApiDocument()));

function operations(): [string, Json][] {
  return Object.values(document.paths).flatMap((item: Json) =>
    Object.values(item).map((operation: Json): [string, Json] => [operation.operationId, operation]),
  );
}

describe('the OpenAPI document', () => {
  it('is valid by the official schema of OpenAPI 3.1', () => {
    const validate = ajv().compile(OFFICIAL);

    expect(validate(document) ? [] : validate.errors).toEqual([]);
  });

  it('would not be valid with a parameter that is nowhere', () => {
    const wrong = structuredClone(document);
    wrong.paths['/v1/escalations/{conversationId}'].get.parameters[0].in = 'nowhere';

    expect(ajv().compile(OFFICIAL)(wrong)).toBe(false);
  });

  it('has component schemas that a JSON Schema validator compiles', () => {
    const validator = ajv().addSchema({ $id: 'document', ...document }, 'document');

    for (const name of Object.keys(document.components.schemas))
      expect(validator.getSchema(`document#/components/schemas/${name}`)).toBeInstanceOf(Function);
  });

  it('has each route of the table once, by method, path and operation id', () => {
    const found = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as Json).map(
        ([method, operation]: [string, Json]) => `${method} ${path} ${operation.operationId}`,
      ),
    );

    expect(found.sort()).toEqual(
      routes.map((route) => `${route.method.toLowerCase()} ${route.url} ${route.operationId}`).sort(),
    );
  });

  it.each(operations())('%s names every answer and problem of its route, and no other', (id, operation) => {
    const route = routes.find(({ operationId }) => operationId === id) as RouteDescription;
    const codes = problemsOf(route);
    const statuses = new Set([
      ...Object.keys(route.answers),
      ...(route.otherAnswers ? ['default'] : []),
      ...codes.map((code) => String(ERRORS[code].status)),
    ]);

    expect(Object.keys(operation.responses).sort()).toEqual([...statuses].sort());
    expect(namedCodes(operation).sort()).toEqual([...codes].sort());
  });

  it.each(operations())('%s has every parameter of its path, and a summary', (id, operation) => {
    const route = routes.find(({ operationId }) => operationId === id) as RouteDescription;
    const inPath = (operation.parameters ?? []).filter((each: Json) => each.in === 'path');

    const named = [...route.url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

    expect(inPath.map((each: Json) => each.name).sort()).toEqual(named.sort());
    expect(operation.summary).not.toBe('');
  });

  it('asks a key of whoever calls for a tenant or an operator, and of nobody else', () => {
    const asked = operations().map(([id, { security }]) => [id, Object.keys(security[0] ?? {})]);

    const expected = routes.map(({ operationId, caller }) => [
      operationId,
      { tenant: ['tenantKey'], operator: ['operatorKey'], platform: [], anybody: [] }[caller],
    ]);
    expect(Object.fromEntries(asked)).toEqual(Object.fromEntries(expected));
  });

  it('leads nowhere with none of its references', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);

    expect(refs.length).toBeGreaterThan(50);
    const missing = refs.filter(
      (path) => path.split('/').reduce<Json>((node, part) => node?.[part], document) === undefined,
    );
    expect([...new Set(missing)]).toEqual([]);
  });
});

describe('examples', () => {
  it.each(Object.keys(OPENAPI_EXAMPLES))('of %s are read by the schemas that they are examples of', (id) => {
    const route = routes.find(({ operationId }) => operationId === id);
    const { request, answers = {} } = OPENAPI_EXAMPLES[id] ?? {};

    if (request !== undefined) expect(faultsOf(route?.body, request)).toEqual([]);
    for (const [status, answer] of Object.entries(answers))
      expect(faultsOf(route?.answers[Number(status)]?.schema, answer)).toEqual([]);
    expect(Object.keys(answers).length + (request === undefined ? 0 : 1)).toBeGreaterThan(0);
  });

  it('are there for every body that a caller has to write', () => {
    const without = routes.filter(
      ({ body, operationId }) => body && OPENAPI_EXAMPLES[operationId]?.request === undefined,
    );

    expect(without.map(({ operationId }) => operationId)).toEqual([]);
  });
});

function namedCodes(operation: Json): string[] {
  return Object.values(operation.responses).flatMap(
    (response: Json) =>
      response.content?.['application/problem+json']?.schema.allOf[1].properties.code.enum ?? [],
  );
}

function faultsOf(schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return ['no schema'];
  return schema.safeParse(value).error?.issues ?? [];
}

function ajv(): Ajv2020 {
  const validator = new Ajv2020({ strict: false, allErrors: true });
  addFormats(validator);
  validator.addFormat('media-range', true);
  return validator;
}
