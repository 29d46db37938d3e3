// Queries over HTTP: pages, and locators of the next one.
import { rootOf } from './api-call';
import type { ApiCall, ApiDeps } from './api-call';
import { ApiFault } from './api-fault';
import { parseSoql } from './soql-parser';
import { runQuery } from './soql-run';
import type { Row } from './soql-run';

/** Answers of more than one page, by locator. */
export type Pages = Map<string, readonly Row[]>;

/** The answer to `GET /query`. @throws ApiFault */
export function query(deps: ApiDeps, pages: Pages, call: ApiCall, locator: string | undefined): object {
  const { queryPageSize } = deps.settings();
  const root = rootOf(call);
  const page = (key: string, rows: readonly Row[], from: number): object => {
    const next = from + queryPageSize;
    const done = next >= rows.length;
    const nextRecordsUrl = `${root}/query/${key}-${next}`;
    return {
      totalSize: rows.length,
      done,
      ...(!done && { nextRecordsUrl }),
      records: rows.slice(from, next),
    };
  };
  if (locator !== undefined) {
    const [key = '', from = ''] = locator.split('-');
    const rows = pages.get(key);
    if (!rows) throw new ApiFault(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    return page(key, rows, Number(from));
  }
  const text = call.query.get('q');
  if (text === null) throw new ApiFault(400, 'MALFORMED_QUERY', 'A query must be specified');
  const { total, rows } = runQuery(deps.records, parseSoql(text), root);
  if (rows.length === 0) return { totalSize: total, done: true, records: [] };
  const key = `01g${String(pages.size).padStart(15, '0')}`;
  if (rows.length > queryPageSize) pages.set(key, rows);
  return page(key, rows, 0);
}
