// Integrations that a bot's options name are its own: by another bot's, that bot would be told the outcome.
import { checkReferences } from '../../contract/check-references';

const CONNECTOR = 'desk';

function faultsOf(options: object): readonly string[] {
  const file = {
    tenants: {
      acme: {
        bots: { ada: { platform: 'x', options }, bob: { platform: 'x', options: {} } },
        connectors: { [CONNECTOR]: {} },
        integrations: {
          mine: { bot: 'ada', connector: CONNECTOR },
          other: { bot: 'bob', connector: CONNECTOR },
        },
      },
    },
  };
  return checkReferences(file).map(({ path, message }) => `${path.join('.')} ${message}`);
}

it('may be named once, or for each of several cases', () => {
  expect(
    faultsOf({ integration: 'mine', integrations: { Agent: 'mine' }, integrationByModule: { m: 'mine' } }),
  ).toEqual([]);
});

it.each<[string, object]>([
  ['integration', { integration: 'other' }],
  ['integrations.Agent', { integrations: { Help: 'mine', Agent: 'other' } }],
  ['integrationByModule.m-1', { integrationByModule: { 'm-1': 'other' } }],
])('are found fault with in %s', (place, options) => {
  expect(faultsOf(options)).toEqual([
    `tenants.acme.bots.ada.options.${place} names an integration of another bot`,
  ]);
});

it('that are not there are found', () => {
  expect(faultsOf({ integrations: { Agent: 'gone' } })).toEqual([
    'tenants.acme.bots.ada.options.integrations.Agent names an integration that this tenant does not have',
  ]);
});
