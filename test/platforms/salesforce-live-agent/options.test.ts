// What a connector may say about Live Agent; every fault names its place.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import { salesforceLiveAgent } from '../../../platforms/salesforce-live-agent';
import { aConnector, CONTEXT, secret } from './builders';

const BASE = 'https://d.la1-c1.salesforceliveagent.com/chat/rest';
const desk = salesforceLiveAgent.desk!;
const faultsOf = (changes: Partial<ConnectorConfiguration>): readonly string[] =>
  desk
    .checkConnector(aConnector(BASE, { allowPrivateNetwork: false, ...changes }))
    .map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a connector', () => {
  it('is fine with an address, a deployment and keys', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ options: { baseUrl: `${BASE}/`, language: 'de' } })).toEqual([]);
  });

  it.each<[string, Partial<ConnectorConfiguration>]>([
    ['account: must be the id of the org', { account: '12345' }],
    ['options.baseUrl: does not end in `/chat/rest`', { options: { baseUrl: 'https://pod.example.com/' } }],
    [
      'options.deploymentId: is not the id of a chat deployment',
      { options: { deploymentId: '573D000000000J6' } },
    ],
    [
      'options.visitorName: has a `{$` that does not open a variable',
      { options: { visitorName: '{$name}' } },
    ],
    [
      'options.prechat.details.0.value: has a `{$` that does not open a variable',
      { options: { prechat: { details: [{ label: 'a', value: '{$x' }] } } },
    ],
    [
      'options.prechat: has two details with the label "a"',
      {
        options: {
          prechat: {
            details: [
              { label: 'a', value: '1' },
              { label: 'a', value: '2' },
            ],
          },
        },
      },
    ],
    [
      'options.prechat: has no detail with the label "b"',
      {
        options: {
          prechat: { entities: [{ entityName: 'Case', entityFieldsMaps: [{ fieldName: 'f', label: 'b' }] }] },
        },
      },
    ],
    ['credentials.sealingKeys: is not a list of keys, or not alone', { credentials: {} }],
    [
      'credentials.sealingKeys: is not a list of keys, or not alone',
      { credentials: { sealingKeys: secret('k1:short') } },
    ],
  ])('has a fault: %s', (fault, changes) => {
    expect(faultsOf(changes)).toEqual([fault]);
    expect(() =>
      desk.createDesk(aConnector(BASE, { allowPrivateNetwork: false, ...changes }), CONTEXT),
    ).toThrow(expect.objectContaining({ code: 'ESC_PLAN_MISCONFIGURED' }));
  });

  it('may not lead into a private network, or say what is not known', () => {
    expect(faultsOf({ options: { baseUrl: 'http://127.0.0.1/chat/rest' } })).toHaveLength(1);
    expect(faultsOf({ options: { buttonId: '573D000000000OC' } })).toHaveLength(1);
  });

  it('knows ids of buttons and of agents', () => {
    expect(desk.isValidTargetId('skill', '573D000000000OC')).toBe(true);
    expect(desk.isValidTargetId('queue', '573D000000000OCAAA')).toBe(true);
    expect(desk.isValidTargetId('agent', '005D00000000A01')).toBe(true);
    for (const id of ['', '4711', '573D000000000O', '005D00000000A01'])
      expect(desk.isValidTargetId('skill', id)).toBe(false);
  });
});
