// Obtains Temporal's time-skipping test server, which only tests need: from the cache, by a download of the SDK, or
// as a Maven artifact with its dependencies behind a small launcher that runs it with Java.
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, installInCache } from './cache';
import { findOnPath, isExecutable } from './find-on-path';
import {
  environmentWay,
  obtain,
  type ExecutableSpec,
  type ObtainDeps,
  type Way,
  type WayResult,
} from './obtain';
import { lastLines, runCommand, type Log } from './run-command';
import { downloadWithSdk } from './sdk-download';

/** Version of the Maven artifact. */
export const TEST_SERVER_VERSION = '1.38.0';

/** Names an executable to use instead of any other. */
export const TIME_SKIPPING_SERVER_VARIABLE = 'BATON_TIME_SKIPPING_SERVER';

const MAVEN_TIMEOUT_MS = 10 * 60_000;
const NATIVE_ENTRY = `temporal-test-server-native-${TEST_SERVER_VERSION}`;
const JAVA_ENTRY = `temporal-test-server-java-${TEST_SERVER_VERSION}`;
const LAUNCHER = 'temporal-test-server';
const WHAT = 'Temporal time-skipping test server';
const REMEDY =
  `run this once with a network (then it is kept in the cache), or install Java 11 or newer and Maven, or set ` +
  `${TIME_SKIPPING_SERVER_VARIABLE} to the path of a temporal-test-server executable.`;

/**
 * Finds or makes the time-skipping server's executable.
 * @throws BatonError ESC_SERVER_NOT_OBTAINED, with everything that was tried.
 */
export async function obtainTimeSkippingServer(deps: ObtainDeps): Promise<ExecutableSpec> {
  const env = deps.env ?? process.env;
  const cache = cacheFolder(env);
  const quick: readonly Way[] = [
    environmentWay(TIME_SKIPPING_SERVER_VARIABLE, env, isExecutable),
    { name: `cache ${cache}`, go: () => Promise.resolve(lookInCache(cache, env)) },
  ];
  const slow: readonly Way[] = [
    {
      name: 'download by the Temporal SDK',
      go: () =>
        downloadWithSdk({
          environment: 'createTimeSkipping',
          what: WHAT,
          cache,
          entry: NATIVE_ENTRY,
          env,
          log: deps.log,
        }),
    },
    { name: 'Maven artifact run with Java', go: () => fetchWithMaven(cache, env, deps.log) },
  ];
  const lock = join(cache, '.time-skipping-server.lock');
  return obtain({ what: WHAT, remedy: REMEDY, lock, quick, slow }, deps);
}

function lookInCache(cache: string, env: NodeJS.ProcessEnv): WayResult {
  const native = join(cache, NATIVE_ENTRY);
  if (isExecutable(native)) return { kind: 'found', path: native };
  const launcher = join(cache, JAVA_ENTRY, LAUNCHER);
  if (!isExecutable(launcher)) {
    return { kind: 'unavailable', why: `neither ${NATIVE_ENTRY} nor ${JAVA_ENTRY} there` };
  }
  if (findOnPath('java', env) === undefined) {
    return { kind: 'unavailable', why: `${JAVA_ENTRY} is there, but "java" is not on the PATH` };
  }
  return { kind: 'found', path: launcher };
}

async function fetchWithMaven(cache: string, env: NodeJS.ProcessEnv, log: Log): Promise<WayResult> {
  const maven = findOnPath('mvn', env);
  if (maven === undefined) return { kind: 'unavailable', why: '"mvn" is not on the PATH' };
  if (findOnPath('java', env) === undefined) return { kind: 'unavailable', why: '"java" is not on the PATH' };
  log(`fetching the ${WHAT} ${TEST_SERVER_VERSION} with Maven (38 MB, once for this machine) …`);
  let why = '';
  const folder = await installInCache(cache, JAVA_ENTRY, async (work) => {
    const home = join(work, 'server');
    await mkdir(home);
    await writeFile(join(work, 'pom.xml'), pom());
    const result = await runCommand({
      command: maven,
      args: [
        '--batch-mode',
        '--quiet',
        '--file',
        join(work, 'pom.xml'),
        'dependency:copy-dependencies',
        `-DoutputDirectory=${join(home, 'lib')}`,
        '-DincludeScope=runtime',
      ],
      env,
      cwd: work,
      timeoutMs: MAVEN_TIMEOUT_MS,
      progress: { text: `fetching the ${WHAT}`, log },
    });
    if (!result.ok) {
      why = `${result.ending}: ${lastLines(result.output)}`;
      return undefined;
    }
    if (!existsSync(join(home, 'lib', `temporal-test-server-${TEST_SERVER_VERSION}.jar`))) {
      why = 'Maven ended well, but the server is not among the files it fetched';
      return undefined;
    }
    await writeFile(join(home, LAUNCHER), launcherScript());
    await chmod(join(home, LAUNCHER), 0o755);
    return home;
  });
  if (folder !== undefined) return { kind: 'found', path: join(folder, LAUNCHER) };
  log(`Maven could not fetch it (${why})`);
  return { kind: 'unavailable', why };
}

function pom(): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>baton</groupId>
  <artifactId>time-skipping-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${TEST_SERVER_VERSION}</version>
    </dependency>
  </dependencies>
  <build>
    <pluginManagement>
      <plugins>
        <plugin>
          <groupId>org.apache.maven.plugins</groupId>
          <artifactId>maven-dependency-plugin</artifactId>
          <version>3.8.1</version>
        </plugin>
      </plugins>
    </pluginManagement>
  </build>
</project>
`;
}

// A short-lived server for tests: the quick compiler and the simplest collector start fastest and leave the cores alone.
function launcherScript(): string {
  return `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;
}
