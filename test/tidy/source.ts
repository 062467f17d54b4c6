import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A file of the project, and what it imports. */
export interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Files of the project that it imports, types included, as paths from the root. */
  readonly imports: readonly string[];
}

/** Every name below a folder of the project, but for what is installed or built. */
export async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .map(entry => posix.join(...join(entry.parentPath, entry.name).slice(root.length).split(/[\\/]/)))
    .filter(path => !/(^|\/)(node_modules|dist|\.git)(\/|$)/.test(path));
}

/** Every TypeScript file below a folder. */
export async function sourcesBelow(folder: string): Promise<SourceFile[]> {
  const paths = (await namesBelow(folder)).filter(path => /\.tsx?$/.test(path));
  return Promise.all(paths.map(readSource));
}

async function readSource(path: string): Promise<SourceFile> {
  const text = await readFile(join(root, path), 'utf8');
  const imports = ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter(name => name.startsWith('.'))
    .map(name => posix.join(dirname(path), name));
  return { path, text, imports };
}

export function isTest({ path }: SourceFile): boolean {
  return /\.test\.tsx?$/.test(path);
}
