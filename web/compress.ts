import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import type { Plugin } from 'vite';

const pack = { br: promisify(brotliCompress), gz: promisify(gzip) };
const bytesMin = 1024;

/**
 * Puts `NAME.br` and `NAME.gz` beside each text asset, compressed as much as possible: the gateway itself compresses
 * nothing.
 */
export function compressAssets(): Plugin {
  return {
    name: 'portcullis-compress-assets',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const texts = Object.values(bundle).filter(({ fileName }) => /^assets\/.*\.(?:js|css|svg)$/.test(fileName));
      await Promise.all(
        texts.map(async file => {
          const content = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          if (content.length < bytesMin) return;
          const path = join(dir, file.fileName);
          await writeFile(
            `${path}.br`,
            await pack.br(content, { params: { [zlib.BROTLI_PARAM_SIZE_HINT]: content.length } }),
          );
          await writeFile(`${path}.gz`, await pack.gz(content, { level: 9 }));
        }),
      );
    },
  };
}
