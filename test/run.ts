// `npm test`: the test files of the inner ring (runner/rings.ts), several at once, around one PostgreSQL server. Small ones share
// a process, each other has its own. `--all` adds the outer ring; `--times` says what each file took. Arguments are file
// patterns that replace the rings, and all files have a process of their own: npm test -- 'src/store/**/*.test.ts'
import { glob, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { type EventData, run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { minuteMs } from '../src/domain/units.ts';
import { endingLingerersAfter } from './lingering.ts';
import { serverVariable, startTestServer } from './postgres-server.ts';
import { ringOf } from './runner/rings.ts';
import { notingTimesIn, tableOfTimes } from './runner/times.ts';
import { togetherVariable } from './together-variable.ts';

const everything = ['src/**/*.test.ts', 'emulator/**/*.test.ts', 'test/**/*.test.ts'];
const { values: flags, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, times: { type: 'boolean', default: false } },
});

/** Two thirds of the time most files wait: for the disk, for another process, for a browser. */
const atOnce = Math.max(4, 2 * availableParallelism());

/**
 * What a test says that wants a process of its own: it has a database or starts processes, it changes what a whole process
 * shares, or it has hooks outside of every suite.
 */
const wantsOwnProcess =
  /postgres|people\.ts|admin-api|in-process|child_process|worker_threads|children\.ts|mock\.|process\.(?:env|on|chdir|exit)|^(?:before|after)(?:Each)?\(/m;

/** A test that hangs fails, and the run goes on. So does a file that does not end when its tests have. */
const testMsMax = 5 * minuteMs;
const endingMsMax = minuteMs;
/** If anything else hangs, the known results are reported before the reader loses patience. */
const runMsMax = 60 * minuteMs;

const interrupted = new AbortController();
// A terminal's Ctrl-C reaches the test files as well; here it must only not skip stopping the server.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

const server = await startTestServer();
const times = flags.times ? join(server.directory, 'times') : null;
try {
  process.env[serverVariable] = JSON.stringify(server.postgres.superuser);
  // Hundreds of processes load the same modules: each is stripped of its types and compiled once. It goes by their content.
  process.env.NODE_COMPILE_CACHE ??= join(server.directory, 'compile-cache');
  process.exitCode = (await passes(patterns.length > 0 ? await filesOf(patterns) : await withSmallOnesTogether()))
    ? 0
    : 1;
  if (times !== null) process.stdout.write(await tableOfTimes(times, server.postgres.pid));
} finally {
  await server.stop();
}

async function filesOf(globPatterns: string[]): Promise<string[]> {
  const files = new Set<string>();
  for await (const file of glob(globPatterns)) files.add(resolve(file));
  return [...files].toSorted();
}

/**
 * The files of the rings, of which one stands for those that share a process: to start a process for each takes longer than
 * they do.
 */
async function withSmallOnesTogether(): Promise<string[]> {
  const found = await filesOf(everything);
  const files = flags.all ? found : found.filter(file => ringOf(fromRoot(file)) === 'inner');
  const small = new Set<string>();
  for (const file of files) {
    const isUnit = !file.startsWith(resolve('test'));
    if (isUnit && !wantsOwnProcess.test(await readFile(file, 'utf8'))) small.add(file);
  }
  process.env[togetherVariable] = JSON.stringify([...small]);
  return [resolve('test/together.ts'), ...files.filter(file => !small.has(file))];
}

/** The path of a file from the root of the project, with `/`. */
function fromRoot(file: string): string {
  return relative(resolve(), file).split(sep).join('/');
}

/** Runs the files and reports on stdout. False if a test failed, if there was none, or if the run was interrupted. */
async function passes(files: string[]): Promise<boolean> {
  const tests = run({
    files,
    concurrency: atOnce,
    timeout: testMsMax,
    signal: AbortSignal.any([interrupted.signal, AbortSignal.timeout(runMsMax)]),
    execArgv: [...endingLingerersAfter(endingMsMax), ...(times === null ? [] : notingTimesIn(times))],
  });
  const totals: EventData.TestSummary[] = [];
  tests.on('test:summary', summary => {
    // Each file has a summary too.
    if (summary.file === undefined) totals.push(summary);
  });
  for await (const line of tests.compose(spec)) process.stdout.write(line);
  const [total] = totals;
  if (!total) return false;
  const { tests: count, passed, cancelled, skipped, todo } = total.counts;
  const failed = count - passed - cancelled - skipped - todo;
  // The reporter marks its totals with a symbol; tools look for them as TAP spells them.
  process.stdout.write(
    `# tests ${count}\n# pass ${passed}\n# fail ${failed}\n# cancelled ${cancelled}\n# skipped ${skipped}\n`,
  );
  return total.success && count > 0 && !interrupted.signal.aborted;
}
