import { readFile } from 'node:fs/promises';
import { UsageError } from './command.ts';
import type { Sent } from './remote.ts';

/** A policy that somebody keeps in a file, as it is sent: the gateway reads it, and says what is wrong with it. */
export interface PolicyFile {
  readonly sent: Required<Pick<Sent, 'text'>>;
  /** The revision that it was exported at; null where it does not say. */
  readonly revision: string | null;
}

/** Reads a file, `-` for standard input. Throws UsageError. */
export async function readPolicyFile(name: string): Promise<PolicyFile> {
  const body = await (name === '-' ? readAll() : readFile(name, 'utf8')).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${name} cannot be read (${error.code})`, 'give a file, or - for standard input');
  });
  const type = body.trimStart().startsWith('{') ? 'application/json' : 'application/yaml';
  const revision = /^# revision: (\d+)$/m.exec(body)?.[1] ?? null;
  return { sent: { text: { type, body } }, revision };
}

async function readAll(): Promise<string> {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) text += piece;
  return text;
}
