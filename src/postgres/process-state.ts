import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Whether a process is a running PostgreSQL server: not ended, not a zombie, and not another program with the same id.
 */
export async function isLivePostgres(pid: number): Promise<boolean> {
  const { name, state } = process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid);
  return name === 'postgres' && !state.startsWith('Z') && state !== 'X';
}

interface ProcessState {
  readonly name: string;
  readonly state: string;
}

const gone: ProcessState = { name: '', state: 'X' };

/** proc_pid_stat(5): `pid (name) state …`; the name may itself hold parentheses. */
async function fromProc(pid: number): Promise<ProcessState> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const match = /^\d+ \((.*)\) (\S)/s.exec(stat);
  return match ? { name: match[1] ?? '', state: match[2] ?? '' } : gone;
}

/** ps(1) of POSIX, for systems without /proc. */
async function fromPs(pid: number): Promise<ProcessState> {
  try {
    const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'stat=,comm=', '-p', String(pid)]);
    const [state = '', ...command] = stdout.trim().split(/\s+/);
    return { name: command.join(' ').split('/').at(-1) ?? '', state };
  } catch {
    return gone;
  }
}
