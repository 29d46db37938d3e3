// Lints snippets under made-up file names with the repository's own configuration. A process of its own, because
// jest cannot load an ES module configuration. Reads [{path, code}] on stdin, writes [[rule names]] on stdout.
// Type-aware rules are off: they need the file to exist. The one test of them lints under an existing name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = join(import.meta.dirname, '..', '..');
const snippets = JSON.parse(readFileSync(0, 'utf8'));
const untyped = new ESLint({
  cwd: root,
  overrideConfig: [
    {
      files: ['**/*.ts'],
      ...tseslint.configs.disableTypeChecked,
      languageOptions: { parserOptions: { projectService: false, program: null, project: false } },
    },
  ],
});
const typed = new ESLint({ cwd: root });

const results = [];
for (const { path, code, isTyped } of snippets) {
  const linter = isTyped === true ? typed : untyped;
  const [result] = await linter.lintText(code, { filePath: join(root, path) });
  const fatal = result.messages.find((message) => message.fatal);
  if (fatal !== undefined) throw new Error(`${path}: ${fatal.message}`);
  results.push(result.messages.map((message) => message.ruleId));
}
process.stdout.write(JSON.stringify(results));
