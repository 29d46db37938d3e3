// Custom data fields and the paths in them.
import fc from 'fast-check';
import { fillCustomData } from '../../../activities/transform/custom-data';
import { createTransformer } from '../../../activities/transform';
import { anInput } from './sandbox';

const raw = {
  id: 7,
  name: { first: 'Moon' },
  items: [{ title: 'one', tags: ['a', 'b'] }, { title: 'two', tags: ['c'] }, { other: true }],
  'a.b': 'dotted',
  empty: null,
};

function fill(template: string, variables: Record<string, string | number | null> = {}): string {
  return fillCustomData(template, {
    resultName: 'api_Order',
    raw,
    variables: new Map(Object.entries(variables)),
  });
}

describe('custom data fields', () => {
  it.each([
    ['a literal', 'plain text', 'plain text'],
    ['a property', '{$.api_Order.id}', '7'],
    ['a nested property in a text', 'Hello {$.api_Order.name.first}!', 'Hello Moon!'],
    ['two placeholders', '{$.api_Order.id}-{$.api_Order.id}', '7-7'],
    ['an array element', '{$.api_Order.items[1].title}', 'two'],
    ['every array element that has it', '{$.api_Order.items[i].title}', 'one, two'],
    ['arrays in arrays', '{$.api_Order.items[i].tags[i]}', 'a, b, c'],
    ['an object as JSON', '{$.api_Order.name}', '{"first":"Moon"}'],
    ['null as nothing', '[{$.api_Order.empty}]', '[]'],
    ['a path that leads nowhere', '[{$.api_Order.no.such[3].thing}]', '[]'],
    ['an index beyond the end', '[{$.api_Order.items[9].title}]', '[]'],
    ['an index of something else', '[{$.api_Order.name[0]}]', '[]'],
    ['a property of a text', '[{$.api_Order.name.first.length}]', '[]'],
    ['the length of an array', '[{$.api_Order.items.length}]', '[]'],
    ['a prototype', '[{$.api_Order.__proto__}{$.api_Order.constructor.name}{$.api_Order.toString}]', '[]'],
    ['the result of another integration', '[{$.api_Other.id}]', '[]'],
    ['a placeholder that is not closed', 'a {$.api_Order.id', 'a {$.api_Order.id'],
    ['braces of another kind', '{id} {{x}}', '{id} {{x}}'],
  ])('fills %s', (_title, template, expected) => {
    expect(fill(template)).toBe(expected);
  });

  it('fills variables, and nothing for one that is not set', () => {
    expect(fill('{$botContext.city}/{$botContext.none}/{$botContext.n}', { city: 'Delft', n: 0 })).toBe(
      'Delft//0',
    );
  });

  it('takes a variable inside a path as one name', () => {
    expect(fill('{$.api_Order.name.{$botContext.which}}', { which: 'first' })).toBe('Moon');
    expect(fill('{$.api_Order.{$botContext.which}}', { which: 'a.b' })).toBe('dotted');
    expect(fill('[{$.api_Order.{$botContext.which}}]', { which: 'name.first' })).toBe('[]');
  });

  it('never fills a placeholder that came with a value', () => {
    expect(fill('{$botContext.text}', { text: '{$.api_Order.id}' })).toBe('{$.api_Order.id}');
  });

  it('never throws, whatever the template', () => {
    const piece = fc.constantFrom(
      '{$.',
      '{$botContext.',
      'api_Order',
      '.',
      '[i]',
      '[0]',
      '[',
      '{',
      '}',
      'items',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.string(), (pieces, noise) => {
        expect(typeof fill(pieces.join('') + noise)).toBe('string');
      }),
    );
  });

  it('gives a text without placeholders back unchanged', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('{$'));
        expect(fill(text)).toBe(text);
      }),
    );
  });

  it('leaves a field empty that does not fit any more, and says so', async () => {
    const transformer = createTransformer({ limits: { outputBytes: 10 } });

    const { data, error } = await transformer.transform(
      anInput({
        raw: { long: 'x'.repeat(9), short: 'y' },
        mapping: {
          responseVariable: 'Order',
          customData: { a: '{$.api_Order.long}', b: '{$.api_Order.long}', c: '{$.api_Order.short}' },
        },
      }),
    );

    expect(data).toMatchObject({ 'Orders.a': 'x'.repeat(9), 'Orders.b': '', 'Orders.c': 'y' });
    expect(error).toMatchObject({ code: 'ESC_TRANSFORM_OUTPUT_TOO_LARGE' });
    await transformer.close();
  });

  it('survives a raw result that is not JSON', async () => {
    const transformer = createTransformer();
    const cyclic: Record<string, unknown> = { id: 1n };
    cyclic['self'] = cyclic;

    const { data, error } = await transformer.transform(
      anInput({
        raw: cyclic,
        mapping: { responseVariable: 'Order', script: 'return;', customData: { me: '{$.api_Order.self}' } },
      }),
    );

    expect(data).toMatchObject({ 'Orders.me': '' });
    expect(error).toMatchObject({ code: 'ESC_TRANSFORM_SCRIPT_FAILED' });
    expect(transformer.sandboxPids()).toEqual([]);
    await transformer.close();
  });
});
