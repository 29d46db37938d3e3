// Syntax errors are found when the configuration is loaded.
import { checkScript, createTransformer } from '../../../activities/transform';
import { runScript } from './sandbox';

describe('checkScript', () => {
  it.each([
    `var a = 1;`,
    `if (true) return;\nbotContext.setBotVariable('a', 1)`,
    `const f = async () => { await 1; };`,
    ``,
    `// only a comment`,
  ])('finds nothing wrong with %j', (script) => {
    expect(checkScript(script)).toEqual([]);
  });

  it('names the line of a syntax error', () => {
    expect(checkScript(`var a = 1;\nvar b = ;\n`)).toEqual([{ line: 2, message: `Unexpected token ';'` }]);
  });

  it.each([
    `}); evil(); (function () {`,
    `await 1;`,
    `import 'fs';`,
    `export default 1;`,
    '('.repeat(200_000),
  ])('refuses what is no body of a function (%#)', (script) => {
    expect(checkScript(script)).toHaveLength(1);
  });

  it('runs nothing of what it checks', () => {
    const before = Object.keys(globalThis);

    expect(checkScript(`globalThis.ran = true; throw new Error('ran')`)).toEqual([]);

    expect(Object.keys(globalThis)).toEqual(before);
  });

  it('spares the sandbox a script with a syntax error, and says where the error is', async () => {
    const transformer = createTransformer();

    const { error } = await runScript(transformer, `var a = 1;\nvar b = ;`);

    expect(error).toEqual({
      code: 'ESC_TRANSFORM_SCRIPT_FAILED',
      message: `Syntax error at line 2: Unexpected token ';'`,
    });
    expect(transformer.sandboxPids()).toEqual([]);
    await transformer.close();
  });

  it('refuses a script that is too long', async () => {
    const transformer = createTransformer({ limits: { sourceChars: 10 } });

    const { error } = await runScript(transformer, 'var tooLong;');

    expect(error).toEqual({
      code: 'ESC_TRANSFORM_SCRIPT_FAILED',
      message: 'The script is longer than 10 characters.',
    });
    await transformer.close();
  });
});
