// The OpenAPI document held against the running system: thousands of calls made from it, good and bad, and no answer
// that it does not describe.
import { createHash } from 'node:crypto';
import { ROUTES } from '../../contract/http/routes';
import { aRequest } from '../support/builders';
import { describeWithPython, OBTAIN_PYTHON_MS, obtainPython, type Python } from '../support/python';
import { startSystem, type System } from '../support/system';
import { API_KEY } from '../support/system-configuration';
import { until } from '../support/until';
import { runSchemathesis, type SchemathesisResult } from './run-schemathesis';

const OPERATOR_KEY = 'operator-key-for-tests-only-0123456789';
const CHECKS_TIMEOUT_MS = 420_000;
const EXAMPLES_OF_EACH = 20;

describeWithPython('the OpenAPI document', () => {
  let python: Python;
  let system: System;

  beforeAll(async () => {
    python = await obtainPython();
    system = await startSystem({
      limits: {
        gateway: {
          operatorKeys: { operator: `sha256:${createHash('sha256').update(OPERATOR_KEY).digest('hex')}` },
          rateLimit: { requests: 1_000_000, per: '1m' },
        },
      },
    });
    await makeKnownConversations(system);
  }, OBTAIN_PYTHON_MS + 120_000);
  afterAll(async () => {
    await system?.close();
  }, 60_000);

  it(
    'describes every answer of the gateway to calls that are made from it',
    async () => {
      const { code, operations, report } = await hold(await documentOf(system), [
        '--max-examples',
        String(EXAMPLES_OF_EACH),
      ]);

      if (code !== 0) throw new Error(`schemathesis found something:\n${report}`);
      expect([...new Set(operations)].sort()).toEqual(
        Object.values(ROUTES)
          .map(({ method, url }) => `${method} ${url}`)
          .sort(),
      );
    },
    CHECKS_TIMEOUT_MS + 10_000,
  );

  it(
    'would not pass with an answer left out, or described wrongly',
    async () => {
      const wrong = await documentOf(system);
      delete wrong.paths['/v1/escalations/{conversationId}'].get.responses['404'];
      wrong.components.schemas.Health.properties.status = { type: 'integer' };

      const { code, report } = await hold(wrong, [
        ...['--max-examples', '3', '--phases', 'examples,coverage'],
        ...['--include-operation-id', 'getEscalation', '--include-operation-id', 'health'],
      ]);

      expect(code).toBe(1);
      expect(report).toMatch(/Undocumented status code[\s\S]*Received: 404/);
      expect(report).toMatch(/Response violates schema[\s\S]*"ok" is not of type "integer"/);
    },
    CHECKS_TIMEOUT_MS + 10_000,
  );

  function hold(document: object, args: readonly string[]): Promise<SchemathesisResult> {
    return runSchemathesis({
      python,
      document,
      baseUrl: system.gateway.url,
      env: { BATON_TENANT_KEY: API_KEY, BATON_OPERATOR_KEY: OPERATOR_KEY },
      args: ['--checks', 'all', ...args],
      timeoutMs: CHECKS_TIMEOUT_MS,
    });
  }
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the tests change it
async function documentOf({ gateway }: System): Promise<any> {
  return (await fetch(`${gateway.url}/openapi.json`)).json();
}

/** Those that schemathesis.toml names: it finds more in them than in ids that nobody has. */
async function makeKnownConversations({ gateway }: System): Promise<void> {
  for (const id of ['known-open', 'known-ended', 'known-cancelled', 'known-☃-🙂'])
    await gateway.escalate(id, aRequest({ requestId: `${id}-1`, integration: 'to-desk' }));
  await gateway.call('POST', '/v1/escalations/known-cancelled/cancel', { body: {} });
  await until('the cancelled escalation to be over', async () => {
    const { json } = await gateway.call('GET', '/v1/escalations/known-cancelled');
    return json['status'] === 'closed';
  });
}
