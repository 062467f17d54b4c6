import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { DemoInProcess } from '../e2e/demo-in-process.ts';
import { type WatchedPage, watchedPage } from './watched-page.ts';

/** The browsers that a test opens on the dashboard of a demo. */
export interface Visits {
  open(options?: BrowserContextOptions): Promise<WatchedPage>;
  /** Closes them all. Fails if anything went wrong or astray in one of them. */
  end(): Promise<void>;
}

export function createVisits(browser: Browser, demo: DemoInProcess): Visits {
  const origins = [demo.ready.url, demo.ready.emulatorUrl].map(url => new URL(url).origin);
  const watched: WatchedPage[] = [];
  return {
    async open(options = {}) {
      const opened = await watchedPage(browser, origins, options);
      watched.push(opened);
      return opened;
    },
    async end() {
      for (const { page, troubles, strayRequests } of watched.splice(0)) {
        await page.context().close();
        assert.deepEqual(troubles, [], 'nothing was refused by the content security policy, nothing failed');
        assert.deepEqual(strayRequests, [], 'nothing was asked of any other server');
      }
    },
  };
}

/** A refused request is a line in the browser's console; a test that provokes refusals takes them out of the list. */
export function forgive(troubles: string[], status: number): void {
  const refusal = `console: Failed to load resource: the server responded with a status of ${status}`;
  for (let at = troubles.length - 1; at >= 0; at--) if (troubles[at]?.startsWith(refusal)) troubles.splice(at, 1);
}
