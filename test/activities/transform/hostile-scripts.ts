// Scripts that mean harm, each with the outcomes that are right for it. `none`: it does no harm and ends well.
import type { ErrorCode } from '../../../domain/errors';

export type Outcome = ErrorCode | 'none';

export interface HostileScript {
  readonly title: string;
  readonly script: string;
  readonly outcomes: readonly Outcome[];
}

const FAILED: Outcome = 'ESC_TRANSFORM_SCRIPT_FAILED';
const TIMED_OUT: Outcome = 'ESC_TRANSFORM_TIMED_OUT';
const MEMORY: Outcome = 'ESC_TRANSFORM_OUT_OF_MEMORY';
const TOO_LARGE: Outcome = 'ESC_TRANSFORM_OUTPUT_TOO_LARGE';
/** A bomb ends by whichever limit it meets first: memory, time, or the engine's longest string. */
const BOMB: readonly Outcome[] = [MEMORY, TIMED_OUT, FAILED];
/** The engine can finish it, interrupt it, or must be killed. */
const LOOP: readonly Outcome[] = [TIMED_OUT, FAILED];
const endlessArray = '{ length: Math.pow(2, 53) - 1 }';

const hostile = (title: string, outcomes: readonly Outcome[], script: string): HostileScript => ({
  title,
  outcomes,
  script,
});

export const HOSTILE_SCRIPTS: readonly HostileScript[] = [
  hostile('an endless loop', [TIMED_OUT], 'for (;;);'),
  hostile(
    'an endless loop that catches everything',
    [TIMED_OUT],
    'for (;;) { try { for (;;); } catch (e) {} finally { continue; } }',
  ),
  hostile(
    'an endless loop of microtasks',
    [TIMED_OUT, MEMORY],
    'Promise.resolve().then(function f() { return Promise.resolve().then(f); });',
  ),
  hostile('an endless loop of queued microtasks', [TIMED_OUT], '(function f() { queueMicrotask(f); })();'),
  hostile('an endless generator', BOMB, 'Array.from((function* () { for (;;) yield 1; })());'),
  hostile('an array bomb', BOMB, 'var a = []; for (;;) a.push(new Array(10000).fill(1));'),
  hostile('a string bomb', BOMB, 'var s = "x"; for (;;) s += s;'),
  hostile(
    'a bomb of ropes',
    BOMB,
    'var a = [], s = "x"; for (;;) { s = s + "y" + s; a.push(s + a.length); }',
  ),
  hostile('a bomb of array buffers', BOMB, 'var a = []; for (;;) a.push(new ArrayBuffer(1 << 20));'),
  hostile('a bomb of map entries', BOMB, 'var m = new Map(); for (var i = 0; ; i++) m.set(i, { i: i });'),
  hostile('deep recursion', [FAILED, MEMORY], '(function f() { f(); })();'),
  hostile('an expression that backtracks for ever', LOOP, '/^(a+)+$/.test("a".repeat(60) + "b");'),
  hostile('indexOf over an endless array', LOOP, `Array.prototype.indexOf.call(${endlessArray}, 1);`),
  hostile('includes over an endless array', LOOP, `Array.prototype.includes.call(${endlessArray}, 1);`),
  hostile('lastIndexOf over an endless array', LOOP, `Array.prototype.lastIndexOf.call(${endlessArray}, 1);`),
  hostile('reverse over an endless array', LOOP, `Array.prototype.reverse.call(${endlessArray});`),
  hostile(
    'copyWithin over an endless array',
    LOOP,
    `Array.prototype.copyWithin.call(${endlessArray}, 1, 0);`,
  ),
  hostile('fill of a huge array', BOMB, 'new Array(Math.pow(2, 32) - 1).fill(1);'),
  hostile('join of a huge array', BOMB, 'new Array(Math.pow(2, 32) - 1).join("xxxx");'),
  hostile('a growing big integer', BOMB, 'var n = 3n; for (;;) n = n * n;'),
  hostile('padEnd to a huge length', BOMB, '"x".padEnd(Math.pow(2, 30), "y");'),
  hostile('a storm of split', BOMB, 'var s = "x".repeat(1000000); for (;;) s.split("");'),
  hostile('a storm of replaceAll', BOMB, 'var s = "x".repeat(1000); for (;;) s = s.replaceAll("x", "xx");'),
  hostile('JSON a million levels deep', BOMB, 'JSON.parse("[".repeat(1000000) + "]".repeat(1000000));'),
  hostile(
    'a sort that compares by chance',
    [...BOMB, 'none'],
    'var a = []; for (var i = 0; i < 200000; i++) a.push(i); a.sort(function () { return Math.random() - 0.5; });',
  ),
  hostile(
    'twelve megabytes of output',
    [TOO_LARGE, MEMORY],
    'botContext.setBotVariable("x", "y".repeat(12000000));',
  ),
  hostile(
    'a million small variables',
    [TOO_LARGE, TIMED_OUT, MEMORY],
    'for (var i = 0; i < 1000000; i++) botContext.setBotVariable("v" + i, i);',
  ),
  hostile(
    'output just over the limit in bytes',
    [TOO_LARGE],
    'botContext.setBotVariable("x", "\\u20ac".repeat(30000));',
  ),
  hostile('a variable named __proto__', [FAILED], 'botContext.setBotVariable("__proto__", "polluted");'),
  hostile('a variable named constructor', [FAILED], 'botContext.setBotVariable("constructor", "x");'),
  hostile('a name of a thousand characters', [FAILED], 'botContext.setBotVariable("n".repeat(1000), "x");'),
  hostile(
    'a toJSON that throws',
    [FAILED],
    'botContext.setBotVariable("x", { toJSON: function () { throw new Error("canary"); } });',
  ),
  hostile(
    'a toJSON on every string',
    [FAILED, 'none'],
    'String.prototype.toJSON = function () { return { __proto__: 1 }; }; botContext.setBotVariable("x", "y");',
  ),
  hostile(
    'a toJSON on every array',
    [FAILED],
    'Array.prototype.toJSON = function () { return { evil: true }; }; botContext.setBotVariable("x", "y");',
  ),
  hostile(
    'output nested deeply by a toJSON',
    [FAILED],
    'Array.prototype.toJSON = function () { delete Array.prototype.toJSON; var d = []; for (var i = 0; i < 100; i++) d = [d]; return d; }; botContext.setBotVariable("x", "y");',
  ),
  hostile(
    'a toString that never ends',
    [TIMED_OUT],
    'botContext.setBotVariable({ toString: function () { for (;;); } }, 1);',
  ),
  hostile(
    'an error whose name never ends',
    [TIMED_OUT],
    'throw { get name() { for (;;); }, get message() { for (;;); } };',
  ),
  hostile('an error that is no error', [FAILED], 'throw null;'),
  hostile(
    'an error that claims to be out of memory',
    [FAILED, MEMORY],
    'throw new InternalError("out of memory");',
  ),
  hostile('a rejection that nobody handles', [FAILED], 'Promise.reject(new Error("canary"));'),
  hostile(
    'a wait on shared memory',
    [...LOOP, 'none'],
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);',
  ),
  hostile('code made from text that loops', [TIMED_OUT], 'new Function("for (;;);")();'),
  hostile('code that closes the function around it', [FAILED], '}); for (;;); (function () {'),
  hostile('a syntax error', [FAILED], 'var = 1;'),
];
