// The pages' links: a page that is moved or renamed must not leave dead links behind.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchors, links, pages, read, ROOT } from './markdown';

describe('the links', () => {
  it.each(pages())('of %s lead somewhere', (page) => {
    const dead = links(read(page)).filter((target) => !isThere(page, target));

    expect(dead).toEqual([]);
  });

  it('are found, so that a dead one would be', () => {
    expect(links('[a](x.md) `[b](y.md)` ![c](d/e.png) [f](https://x.example) [g](#h)')).toEqual([
      'x.md',
      'd/e.png',
      '#h',
    ]);
    expect(isThere('README.md', 'docs/nothing.md')).toBe(false);
    expect(isThere('README.md', 'docs/operate.md#nothing')).toBe(false);
  });
});

function isThere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || !file.endsWith('.md') || anchors(read(file)).includes(anchor);
}
