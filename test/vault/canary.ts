import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';

const window = 16;

/**
 * Looks for secrets where none may be: as they are, in hex, in base64. Goes by their ends, which are random, and through a
 * text once however many secrets there are. Answers how many it found.
 */
export function findSecrets(secrets: Iterable<string>, text: string): number {
  const tails = new Set<string>();
  for (const secret of secrets) {
    const bytes = Buffer.from(secret);
    for (const form of [secret, bytes.toString('hex'), bytes.toString('base64url')]) tails.add(form.slice(-window));
  }
  const plain = text.replaceAll('+', '-').replaceAll('/', '_');
  let found = 0;
  for (const form of plain === text ? [text] : [text, plain]) {
    for (let at = 0; at + window <= form.length; at++) if (tails.has(form.slice(at, at + window))) found += 1;
  }
  return found;
}

/** Every row of every table, as text. */
export async function everyRow({ asOwner }: Pick<Database<Schema>, 'asOwner'>): Promise<string> {
  return asOwner(async client => {
    const tables = await client.query(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'portcullis'",
    );
    const texts: string[] = [];
    for (const { name } of tables.rows as { name: string }[]) {
      // Row-level security is forced on the owner too, who may say that it is not.
      await client.query(`ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY`);
      const { rows } = await client.query(`SELECT string_agg(one::text, chr(10)) AS text FROM ${name} AS one`);
      texts.push(`${name}\n${rows[0]?.text ?? ''}`);
    }
    return texts.join('\n');
  });
}

/** Every file below a directory, as text. */
export async function everyFile(directory: string): Promise<string> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = found.filter(one => one.isFile());
  const texts = await Promise.all(files.map(one => readFile(join(one.parentPath, one.name), 'latin1')));
  return texts.join('\n');
}
