// The titles of a test file, as written: `%s` and the like are not filled.
import { readFileSync } from 'node:fs';
import * as ts from 'typescript';

/** Titles of every `it` and `test` of a file, also of `it.each(…)(…)`. */
export function testTitles(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const [title, body] = node.arguments;
      // The call of `each` itself has one argument, the table.
      if (title && body && ts.isStringLiteralLike(title)) titles.push(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

/** `it`, `test`, and what is reached from them: `it.each(table)`. */
function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'it' || callee.text === 'test';
  if (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) return isTest(callee.expression);
  return false;
}
