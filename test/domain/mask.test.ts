// Masking: what is taken out, what must stay, and that doing it twice is doing it once.
import fc from 'fast-check';
import { createMask } from '../../domain/mask';
import { maskRequest } from '../../domain/mask-request';
import type { MaskingConfiguration, TenantConfiguration } from '../../domain/configuration';
import { readConfiguration } from '../../contract/load-configuration';

const ALL: MaskingConfiguration = { cardNumbers: true, emails: true, phones: true, patterns: [] };
const mask = createMask(ALL);

function withCheckDigit(digits: string): string {
  for (let last = 0; last < 10; last += 1) if (isLuhn(`${digits}${last}`)) return `${digits}${last}`;
  throw new Error('unreachable');
}

function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, char, index) => {
    const digit = Number(char) * (index % 2 === 1 ? 2 : 1);
    return total + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return sum % 10 === 0;
}

const digitsOf = (min: number, max: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max })
    .map((digits) => digits.join(''));

describe('card numbers', () => {
  it.each([
    ['4111111111111111', '[card number]'],
    ['My card is 4111 1111 1111 1111.', 'My card is [card number].'],
    ['4111-1111-1111-1111 12/27 123', '[card number] 12/27 123'],
    ['3782 822463 10005', '[card number]'],
    ['30569309025904', '[card number]'],
    ['order 12 4111 1111 1111 1111', 'order 12 [card number]'],
    ['6304 0000 0000 0000 000', '[card number]'],
    ['(5555555555554444)', '([card number])'],
  ])('are taken out of %j', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it.each([
    '4111111111111112',
    '411111111111',
    '1763728950123',
    'SKU4111111111111111',
    '550e8400-e29b-41d4-a716-446655440000',
    '12345678-1234-4123-8123-123456789012',
    '4711',
    '0.4111111111',
  ])('are not seen in %j', (text) => {
    expect(mask(text)).toBe(text);
  });

  it('are found whichever digits they have', () => {
    const card = fc
      .tuple(fc.constantFrom('2', '3', '4', '5', '6'), digitsOf(11, 17))
      .map(([first, rest]) => withCheckDigit(first + rest));

    fc.assert(fc.property(card, (number) => expect(mask(`a ${number} b`)).toBe('a [card number] b')));
  });

  it('are never seen where the check digit is wrong, or in fewer than 13 digits', () => {
    const other = digitsOf(1, 19).filter((digits) => digits.length < 13 || !isLuhn(digits));

    fc.assert(fc.property(other, (number) => expect(mask(`a ${number} b`)).toBe(`a ${number} b`)));
  });
});

describe('e-mail addresses', () => {
  it.each([
    ['ada@example.com', '[e-mail]'],
    ['Write to ada.lovelace+shop@mail.example.co.uk, please.', 'Write to [e-mail], please.'],
    ['<jürgen@müller.example>', '<[e-mail]>'],
  ])('are taken out of %j', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it.each(['@ada', 'a @ b.c', 'ada@localhost', '3 @ 4.50 EUR'])('are not seen in %j', (text) => {
    expect(mask(text)).toBe(text);
  });
});

describe('phone numbers', () => {
  it.each([
    ['+493012345678', '[phone]'],
    ['Call +49 (0)30 / 1234567 now', 'Call [phone] now'],
    ['030 / 1234567', '[phone]'],
    ['0171-1234567', '[phone]'],
    ['(030) 123-4567', '[phone]'],
    ['01 23 45 67 89', '[phone]'],
    ['01.23.45.67.89', '[phone]'],
    ['555-123-4567', '[phone]'],
    ['(555) 123 4567', '[phone]'],
    ['+1 555 123 4567', '[phone]'],
  ])('are taken out of %j', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it.each([
    '2026-11-21',
    '01-11-2026',
    '01/11/2026 10:30',
    '21.11.2026',
    '192.168.100.200',
    '09:00-17:00',
    '1 234 567,00',
    'v1.2.3',
    '+5',
    'A-555-123-4567-8',
  ])('are not seen in %j', (text) => {
    expect(mask(text)).toBe(text);
  });

  it('are never seen in digits alone, which may be the id of a skill', () => {
    fc.assert(
      fc.property(digitsOf(1, 12), (digits) => {
        expect(mask(digits)).toBe(digits);
        expect(mask(`skill ${digits} please`)).toBe(`skill ${digits} please`);
      }),
    );
  });
});

describe('a mask', () => {
  const own = configured([{ name: 'customer', pattern: String.raw`\bKD-?[0-9]{6,10}\b` }]);
  const everything = createMask(own.masking ?? ALL);
  const pieces = fc.array(
    fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.stringMatching(/^[0-9 +().@/-]{1,24}$/),
      fc.constantFrom(
        '4111111111111111',
        'a@b.de',
        '+49 30 1234567',
        'KD-123456',
        '[phone]',
        '[e-mail]',
        '[',
      ),
    ),
    { maxLength: 12 },
  );

  it('applied twice is applied once', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const once = everything(parts.join(''));

        expect(everything(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it('puts the name of an own pattern where the pattern was found', () => {
    expect(everything('I am KD-123456, ada@example.com')).toBe('I am [customer], [e-mail]');
  });

  it('does not look into what it has put there', () => {
    const { masking } = configured([{ name: 'card', pattern: 'card' }]);
    const twice = createMask(masking ?? ALL);

    expect(twice('my card 4111111111111111')).toBe('my [card] [card number]');
    expect(twice(twice('my card'))).toBe('my [card]');
  });

  it('masks nothing that is not asked for', () => {
    const none = createMask({ cardNumbers: false, emails: false, phones: false, patterns: [] });

    expect(none('ada@example.com 4111111111111111 +49 30 1234567')).toBe(
      'ada@example.com 4111111111111111 +49 30 1234567',
    );
  });
});

describe('a masked request', () => {
  const tenant = configured([]);
  const request = {
    requestId: '4111111111111111',
    integration: 'to-agent',
    variables: {
      skillId: '5555555555554444',
      agentId: 'ada@example.com',
      amount: 4111111111111111,
      vip: true,
      nothing: null,
      note: 'ada@example.com',
    },
    lastMessages: [{ id: '4111111111111111', text: 'Is it 4111111111111111?' }],
    intent: 'call +49 30 1234567',
    userMessage: 'my number: 030 / 1234567',
    targets: [{ kind: 'agent', id: '4111111111111111' }],
    typedVariables: [
      { name: 'Email', type: 'text' as const, value: 'ada@example.com' },
      { name: 'Order', type: 'ref' as const, value: '4111111111111111' },
    ],
  };

  it('has its texts masked and its ids kept', () => {
    expect(maskRequest(tenant, request)).toEqual({
      ...request,
      // An id of a target is a word; an address is none, whatever the variable is called.
      variables: { ...request.variables, agentId: '[e-mail]', note: '[e-mail]' },
      lastMessages: [{ id: '4111111111111111', text: 'Is it [card number]?' }],
      intent: 'call [phone]',
      userMessage: 'my number: [phone]',
      typedVariables: [{ name: 'Email', type: 'text', value: '[e-mail]' }, request.typedVariables[1]],
    });
  });

  it('masked again is the same', () => {
    const once = maskRequest(tenant, request);

    expect(maskRequest(tenant, once)).toEqual(once);
  });

  it('is the very same where the tenant has no masking', () => {
    const { masking: _none, ...without } = tenant;

    expect(maskRequest(without, request)).toBe(request);
  });

  it('of an unknown integration keeps no variable as an id', () => {
    expect(maskRequest(tenant, { ...request, integration: 'constructor' }).variables).toMatchObject({
      skillId: '[card number]',
    });
  });
});

function configured(patterns: readonly { name: string; pattern: string }[]): TenantConfiguration {
  const file = {
    tenants: {
      acme: {
        apiKeys: {},
        masking: { cardNumbers: true, emails: true, phones: true, patterns },
        bots: { bot: { platform: 'webhook', notices: 'platform' } },
        connectors: { desk: { platform: 'webhook', account: 'a' } },
        integrations: {
          'to-agent': {
            bot: 'bot',
            connector: 'desk',
            responseDataVariableName: 'r',
            agentSkillName: 'S',
            agentSkillId: '{$botContext.skillId}',
            agentId: '{$botContext.agentId}',
            messageToUser: 'BLANK_MESSAGE',
          },
        },
      },
    },
  };
  const read = readConfiguration(JSON.stringify(file), { file: 'x.yaml', env: { KEY: 'k'.repeat(20) } });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.configuration.tenants['acme'] as TenantConfiguration;
}
