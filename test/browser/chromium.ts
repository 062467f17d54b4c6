/**
 * A real browser on a machine that has none: the Chromium inside the npm package `@sparticuz/chromium`, with the
 * libraries and a font that the package ships beside it.
 *
 * The package's own `executablePath()` and `args` are not used: they share one path in the temporary directory between
 * users, unpack the libraries only on AWS Lambda, and switch web security off.
 */
import { lstat, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { untar } from './tar.ts';

const decompress = promisify(brotliDecompress);

// The package's own configuration names directories of AWS Lambda: elsewhere it finds no font, and no text is drawn.
const fontConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Why no browser can be started here, as the reason of a skipped test; `false` when one can. */
export function chromiumUnavailable(): string | false {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the browser in @sparticuz/chromium is for Linux on x64, this is ${process.platform} on ${process.arch}`;
  }
  return 'glibcVersionRuntime' in reportHeader() ? false : 'the browser in @sparticuz/chromium needs glibc';
}

/** Starts a browser. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const home = await unpacked();
  const start = (chromiumSandbox: boolean) =>
    chromium.launch({
      executablePath: join(home, 'chromium'),
      // A clean environment: nothing of the machine's own fonts, proxies or libraries takes part.
      env: { LD_LIBRARY_PATH: join(home, 'lib'), FONTCONFIG_PATH: home, HOME: home },
      chromiumSandbox,
    });
  if (process.getuid?.() === 0) return start(false);
  // Many containers forbid the user namespaces that the sandbox is made of. The browser sees only our own pages.
  return start(true).catch(() => start(false));
}

/** The directory of the unpacked browser: this user's own, made once for each version of the package. */
async function unpacked(): Promise<string> {
  const packageRoot = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const home = join(tmpdir(), `portcullis-chromium-${version}-${process.getuid?.()}`);
  if (await isOurs(home)) return home;

  const fresh = await mkdtemp(`${home}-`);
  const read = async (name: string) => decompress(await readFile(join(packageRoot, 'bin', name)));
  await writeFile(join(fresh, 'chromium'), await read('chromium.br'), { mode: 0o700 });
  await untar(await read('al2023.tar.br'), fresh);
  await untar(await read('fonts.tar.br'), fresh);
  await writeFile(join(fresh, 'fonts.conf'), fontConfiguration);
  return settle(fresh, home);
}

/** Moves the finished directory to its lasting name. When another process was first, or a stranger holds the name: */
async function settle(fresh: string, home: string): Promise<string> {
  try {
    await rename(fresh, home);
    return home;
  } catch {
    if (!(await isOurs(home))) return fresh;
    await rm(fresh, { recursive: true });
    return home;
  }
}

/** In a world-writable directory a name proves nothing: only a private directory of this user does. */
async function isOurs(directory: string): Promise<boolean> {
  const found = await lstat(directory).catch(() => null);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

function reportHeader(): object {
  const { header } = process.report.getReport() as { header: object };
  return header;
}
