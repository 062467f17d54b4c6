import { readFile } from 'node:fs/promises';
import { UsageError } from './command.ts';

/** A policy in a file. The gateway reads it, and says what is wrong with it. */
export interface PolicyFile {
  readonly type: 'application/json' | 'application/yaml';
  readonly text: string;
  /** The revision of the export; null if the file does not say it. */
  readonly revision: string | null;
}

/** A document as a request of the admin API takes it: as data, or as the text of a file. */
export interface SentDocument {
  readonly body: Record<string, unknown>;
  readonly bodySerializer?: () => string;
  readonly headers?: { readonly 'content-type': string };
}

/** Sends the file unchanged: the gateway reads comments and reports mistakes. */
export function fileAsSent({ type, text }: PolicyFile): SentDocument {
  return { body: {}, bodySerializer: () => text, headers: { 'content-type': type } };
}

/** Reads a file, `-` for standard input. Throws UsageError. */
export async function readPolicyFile(name: string): Promise<PolicyFile> {
  const text = await (name === '-' ? readAll() : readFile(name, 'utf8')).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${name} cannot be read (${error.code})`, 'give a file, or - for standard input');
  });
  const type = text.trimStart().startsWith('{') ? 'application/json' : 'application/yaml';
  const revision = /^# revision: (\d+)$/m.exec(text)?.[1] ?? null;
  return { type, text, revision };
}

async function readAll(): Promise<string> {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) text += piece;
  return text;
}
