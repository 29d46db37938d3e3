// Which methods a path takes, so that a known path with another method is told apart from an unknown path.
import type { FastifyInstance } from 'fastify';

/** The methods of the routes of this path, for `Allow`; empty for an unknown path. */
export type AllowedMethods = (url: string) => readonly string[];

/** Watches the routes that are added to `app` from now on. */
export function watchMethods(app: FastifyInstance): AllowedMethods {
  const byPattern = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    // Catch-alls are no paths of their own.
    if (url.includes('*')) return;
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

function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  );
}
