// Which methods a path takes, so that a known path with another method is told apart from an unknown path.
import type { FastifyInstance } from 'fastify';

/** The methods of the routes of this path, for `Allow`; empty for an unknown path. */
export type AllowedMethods = (url: string) => readonly string[];

/** Watches the routes that are added to `app` from now on. */
export function watchMethods(app: FastifyInstance): AllowedMethods {
  const byPattern = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method, config }) => {
    // Catch-alls are no paths of their own, but for routes of the table that take all that follows.
    if (url.includes('*') && !takesRest(config)) return;
    const methods = byPattern.get(url) ?? new Set<string>();
    for (const each of [method].flat()) methods.add(each);
    byPattern.set(url, methods);
  });
  return (url) => {
    const path = url.split('?', 1)[0] ?? '';
    const found = [...byPattern].filter(([pattern]) => matches(pattern, path));
    return [...new Set(found.flatMap(([, methods]) => [...methods]))].sort();
  };
}

/** What a route says of itself that takes all that follows its path. */
export const TAKES_REST = { takesRest: true } as const;

function takesRest(config: object | undefined): boolean {
  return (config as { readonly takesRest?: unknown } | undefined)?.takesRest === true;
}

function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.at(-1) === '*') {
    const before = wanted.slice(0, -1);
    return given.length > before.length && matches(before.join('/'), given.slice(0, before.length).join('/'));
  }
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  );
}
