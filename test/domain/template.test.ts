// Promises of the templates that bots fill.
import fc from 'fast-check';
import { fillId, fillText, templateFault, templateVariables, variableType } from '../../domain/template';

describe('a template', () => {
  it.each([
    ['{$botContext.skillId}', { skillId: '42' }, '42'],
    ['{$botContext.skillId}', { skillId: 42 }, '42'],
    [' {$botContext.skillId} ', { skillId: ' 0042 ' }, '0042'],
    ['{$botContext.region}-{$botContext.skillId}', { region: 'eu', skillId: 7 }, 'eu-7'],
    ['{$botContext.user.tier}', { 'user.tier': 'gold' }, 'gold'],
    ['{$botContext.skillId}', { skillId: true }, 'true'],
    ['{$botContext.skillId}', { skillId: null }, ''],
    ['{$botContext.skillId}', {}, ''],
    ['1001', {}, '1001'],
  ])('fills the id %j from %j as %j', (template, variables, expected) => {
    expect(fillId(template, variables)).toBe(expected);
  });

  it('takes a number that has lost digits for unknown instead of asking for another skill', () => {
    expect(fillId('{$botContext.skillId}', { skillId: 1234567890123456789 })).toBe('');
    expect(fillId('{$botContext.skillId}', { skillId: '1234567890123456789' })).toBe('1234567890123456789');
  });

  it.each([
    ['Hello {$botContext.name}, hold on.', { name: 'Ada' }, 'Hello Ada, hold on.'],
    ['Hello {$botContext.name}, hold on.', {}, 'Hello, hold on.'],
    ['{$botContext.name} hold on', {}, ' hold on'.trimStart()],
    ['Hold on, {$botContext.name}', {}, 'Hold on,'],
    ['You ({$botContext.name}) wait', {}, 'You () wait'],
    ['A {$botContext.x} {$botContext.y} B', {}, 'A B'],
    ['Waiting: {$botContext.minutes} min', { minutes: 3.5 }, 'Waiting: 3.5 min'],
    ['Two  spaces stay', {}, 'Two  spaces stay'],
  ])('keeps the text %j with %j readable', (template, variables, expected) => {
    expect(fillText(template, variables)).toBe(expected);
  });

  it('never reads a prototype', () => {
    expect(fillText('a{$botContext.constructor}b{$botContext.__proto__}c', {})).toBe('abc');
    expect(variableType({}, 'toString')).toBe('missing');
  });

  it('is filled once: a value that looks like a template stays a value', () => {
    fc.assert(
      fc.property(fc.string(), (other) => {
        const value = `{$botContext.b}${other}`;

        const text = fillText('<{$botContext.a}>', { a: value, b: 'leaked' });

        expect(text).toBe(`<${value}>`);
      }),
    );
  });

  it('never throws, whatever a signal brought as variables', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (template, variables) => {
        const wide = `${template}{$botContext.a}${template}`;

        expect(typeof fillText(wide, variables as never)).toBe('string');
        expect(fillId(wide, variables as never)).toBe(fillId(wide, variables as never).trim());
      }),
    );
  });

  it('names the variables that it reads, each once', () => {
    expect(templateVariables('{$botContext.a} {$botContext.b} {$botContext.a}')).toEqual(['a', 'b']);
  });

  it.each([
    ['{$botContext.skillId', 0],
    ['id {$botContext.}', 3],
    ['{$botContext}', 0],
    ['{$botContext.ok}{$user.name}', 16],
    ['{$botContext.a b}', 0],
    ['plain { braces } and $ signs', undefined],
    ['{$botContext.ok}', undefined],
  ])('finds where %j is malformed: %p', (template, expected) => {
    expect(templateFault(template)).toBe(expected);
  });
});
