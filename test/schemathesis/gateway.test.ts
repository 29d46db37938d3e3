// The OpenAPI document held against the running system: thousands of calls made from it, good and bad, and no answer
// that it does not describe.
import { createHash } from 'node:crypto';
import { ROUTES } from '../../contract/http/routes';
import { aRequest } from '../support/builders';
import { describeWithPython, OBTAIN_PYTHON_MS, obtainPython, type Python } from '../support/python';
import { startSystem, type System } from '../support/system';
import { API_KEY } from '../support/system-configuration';
import { until } from '../support/until';
import { runSchemathesis } from './run-schemathesis';

const OPERATOR_KEY = 'operator-key-for-tests-only-0123456789';
const CHECKS_TIMEOUT_MS = 420_000;
const EXAMPLES_OF_EACH = 25;

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
      const { code, operations, report } = await runSchemathesis({
        python,
        document: `${system.gateway.url}/openapi.json`,
        env: keys(),
        args: ['--checks', 'all', '--max-examples', String(EXAMPLES_OF_EACH)],
        timeoutMs: CHECKS_TIMEOUT_MS,
      });

      if (code !== 0) throw new Error(`schemathesis found something:\n${report}`);
      expect([...new Set(operations)].sort()).toEqual(
        Object.values(ROUTES)
          .map(({ method, url }) => `${method} ${url}`)
          .sort(),
      );
    },
    CHECKS_TIMEOUT_MS + 10_000,
  );
});

function keys(): Record<string, string> {
  return { BATON_TENANT_KEY: API_KEY, BATON_OPERATOR_KEY: OPERATOR_KEY };
}

/** Those that schemathesis.toml names: it finds more in them than in ids that nobody has. */
async function makeKnownConversations({ gateway, desk }: System): Promise<void> {
  for (const id of ['known-open', 'known-ended', 'known-cancelled', 'known-☃-🙂'])
    await gateway.escalate(id, aRequest({ requestId: `${id}-1`, integration: 'to-desk' }));
  await gateway.call('POST', '/v1/escalations/known-cancelled/cancel', { body: {} });
  void desk;
  await until('the cancelled escalation to be over', async () => {
    const { json } = await gateway.call('GET', '/v1/escalations/known-cancelled');
    return json['status'] === 'closed';
  });
}
