// `baton replay FILE|DIR` and `baton replay --query Q`: would the build at hand break these escalations, and where?
import { resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Command } from 'commander';
import { dataConverterFor } from '../../codec';
import { BatonError } from '../../domain/errors';
import { requireConfiguration } from '../configuration-file';
import { temporalSettings } from '../environment';
import { fail } from '../failure';
import {
  replayHistories,
  silenceReplay,
  type ReplayOptions,
  type ReplayVerdict,
} from '../replay/replay-histories';
import { historiesFromPath, historiesFromQuery, type HistorySource } from '../replay/sources';

/** The build at hand. */
const WORKFLOW_BUNDLE = resolve(__dirname, '../../workflow-bundle.js');
const CONNECT_DEADLINE_MS = 10_000;

interface Options {
  readonly query?: string;
  readonly config?: string;
}

/** Adds the command. */
export function addReplayCommand(program: Command): void {
  program
    .command('replay [path]')
    .description(
      'Replay exported histories (a file or folder) or live ones against this build; exit 1 if one breaks.',
    )
    .option('--query <query>', 'replay the workflows that this visibility query finds')
    .option('--config <file>', 'the configuration, for histories that are encrypted')
    .action((path: string | undefined, options: Options) => replay(path, options).catch(fail));
}

async function replay(path: string | undefined, options: Options): Promise<void> {
  if ((path === undefined) === (options.query === undefined)) {
    throw new BatonError('ESC_REPLAY_UNREADABLE', 'name either a file or folder, or --query');
  }
  silenceReplay();
  const { connection: address, namespace } = temporalSettings();
  const configuration = options.config === undefined ? {} : requireConfiguration(options.config);
  const converter = dataConverterFor(configuration, namespace);
  const replayed = { workflowBundle: { codePath: WORKFLOW_BUNDLE }, ...converter };
  if (path !== undefined) return report(replayed, historiesFromPath(path));
  const connection = await connect(address);
  try {
    const client = new Client({ connection, namespace, ...converter });
    await report(replayed, historiesFromQuery(client, options.query ?? ''));
  } finally {
    await connection.close();
  }
}

async function connect(address: Parameters<typeof Connection.connect>[0]): Promise<Connection> {
  try {
    return await Connection.connect({ ...address, connectTimeout: CONNECT_DEADLINE_MS });
  } catch (error) {
    const detail = `no answer from ${address?.address ?? 'localhost:7233'}`;
    throw new BatonError('ESC_TEMPORAL_UNAVAILABLE', detail, { cause: error });
  }
}

async function report(
  options: ReplayOptions,
  sources: Iterable<HistorySource> | AsyncIterable<HistorySource>,
): Promise<void> {
  const count = { fits: 0, breaks: 0 };
  for await (const verdict of replayHistories(options, sources)) {
    count[verdict.kind] += 1;
    process.stdout.write(`${inWords(verdict)}\n`);
  }
  process.stdout.write(`${count.fits} fit this build, ${count.breaks} would break\n`);
  if (count.breaks > 0) process.exitCode = 1;
}

function inWords(verdict: ReplayVerdict): string {
  if (verdict.kind === 'fits') return `fits    ${verdict.name} (${verdict.events} events)`;
  const where = verdict.eventId === undefined ? '' : ` at event ${verdict.eventId} (${verdict.eventType})`;
  return `BREAKS  ${verdict.name}${where}: ${verdict.problem}`;
}
