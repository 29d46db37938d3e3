// What may be listed under `privateHosts`: names, since an address would open what no name stands for.
import { faultsOf } from '../pages/page-configuration';

describe('privateHosts', () => {
  it.each(['crm.internal', 'Bot', 'x-1.example', '4711.example', 'a.0b'])('takes the name %s', (name) => {
    expect(faultsOf({ bot: { privateHosts: [name] }, connector: { privateHosts: [name] } })).toEqual([]);
  });

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    'a.0x',
    '127.1',
    '[::1]',
    '::1',
    '*.internal',
    'crm.internal.',
    'crm.internal:8080',
    'http://crm.internal',
    '.internal',
    '',
  ])('refuses %j', (text) => {
    expect(faultsOf({ bot: { privateHosts: [text] } })).not.toEqual([]);
    expect(faultsOf({ connector: { privateHosts: [text] } })).not.toEqual([]);
  });
});
