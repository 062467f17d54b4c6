// What each test file costs, for `node test/run.ts --times`: loaded into every one of them, it notes at the end of the process
// how long that took and how much processor time it and the processes that it started have used.
import { appendFileSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** One test file, as it ended. All in seconds. */
interface FileTimes {
  readonly file: string;
  readonly wall: number;
  /** Processor time of the file's own process. */
  readonly own: number;
  /** Processor time of the processes that it started and waited for. 0 where there is no `/proc`. */
  readonly children: number;
}

/** What makes Node load this, with the file that the lines go to. */
export function notingTimesIn(path: string): string[] {
  return ['--import', `${import.meta.url.split('?')[0]}?path=${encodeURIComponent(path)}`];
}

/** The table for people: the dearest file first, and the sums. `server` is the pid of the shared PostgreSQL. */
export async function tableOfTimes(path: string, server: number): Promise<string> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const files = lines.map(line => JSON.parse(line) as FileTimes);
  const rows = files.toSorted((a, b) => b.own + b.children - a.own - a.children);
  const sum = (value: (times: FileTimes) => number) => rows.reduce((total, times) => total + value(times), 0);
  const cells = (own: number, children: number, wall: number, what: string) =>
    `${[own + children, own, children, wall].map(seconds => seconds.toFixed(1).padStart(9)).join('')}  ${what}\n`;
  return [
    'processor      own   others     wall  (seconds)\n',
    ...rows.map(({ own, children, wall, file }) => cells(own, children, wall, file)),
    cells(
      sum(times => times.own),
      sum(times => times.children),
      sum(times => times.wall),
      'all files',
    ),
    cells(0, childrenSeconds(server), 0, 'the shared PostgreSQL'),
  ].join('');
}

/** Processor seconds of the ended children of a process. */
function childrenSeconds(pid: number | 'self'): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which is in parentheses and may hold spaces: cutime and cstime are fields 16 and 17 of proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** `sysconf(_SC_CLK_TCK)`, 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

const path = new URL(import.meta.url).searchParams.get('path');
if (path !== null && isMainThread) {
  // Processes that a test forks are counted as children of it.
  process.execArgv.splice(process.execArgv.indexOf('--import'), 2);
  process.once('exit', () => {
    const { user, system } = process.cpuUsage();
    const times: FileTimes = {
      file: relative(process.cwd(), process.argv[1] ?? ''),
      wall: performance.now() / 1000,
      own: (user + system) / 1e6,
      children: childrenSeconds('self'),
    };
    appendFileSync(path, `${JSON.stringify(times)}\n`);
  });
}
