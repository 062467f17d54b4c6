import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressAssets } from './compress.ts';

const gateway = 'http://127.0.0.1:8420';

export default defineConfig({
  plugins: [react(), compressAssets()],
  // The dashboard door puts a fresh nonce in the place of this word in every answer (src/doors/dashboard).
  html: { cspNonce: 'PORTCULLIS_NONCE' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Nothing is inlined as a data: URL, so that the content security policy needs no `data:`.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
  // `npx vite web` beside a running demo: the page reloads on every change, the data is the gateway's.
  server: { host: '127.0.0.1', proxy: { '/api': gateway, '/auth': gateway } },
});
